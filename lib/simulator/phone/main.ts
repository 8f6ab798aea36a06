import { createApp } from 'vue';
import { createI18n } from 'vue-i18n';
import '../../../desk/web/theme/fonts.css';
import '../../../desk/web/theme/tokens.css';
import '../../../desk/web/theme/base.css';
import './phone.css';
import App from './App.vue';
import { followTheme } from '../../../desk/web/theme/theme.ts';
import en from './texts/en.json';

followTheme();
const texts = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });
createApp(App).use(texts).mount('#app');
