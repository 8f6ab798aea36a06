import { createApp } from 'vue';
import '../../lib/page/theme/fonts.css';
import '../../lib/page/theme/tokens.css';
import '../../lib/page/theme/base.css';
import './theme/menu.css';
import App from './App.vue';
import { createTexts } from './texts/i18n.ts';
import { followTheme } from '../../lib/page/theme/theme.ts';

followTheme();
createApp(App).use(createTexts()).mount('#app');
