import { createApp } from 'vue';
import { createI18n } from 'vue-i18n';
import '../../page/theme/fonts.css';
import '../../page/theme/tokens.css';
import '../../page/theme/base.css';
import './phone.css';
import App from './App.vue';
import { followTheme } from '../../page/theme/theme.ts';
import en from './texts/en.json';

followTheme();
const texts = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });
createApp(App).use(texts).mount('#app');
