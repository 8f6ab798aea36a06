import { createApp } from 'vue';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/menu.css';
import App from './App.vue';
import { createTexts } from './texts/i18n.ts';
import { followTheme } from './theme/theme.ts';

followTheme();
createApp(App).use(createTexts()).mount('#app');
