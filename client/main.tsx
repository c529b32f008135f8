import { render } from 'preact';
import { App } from './App.tsx';
import { startLocale } from './i18n/i18n.ts';
import { start } from './runtime.ts';
import { startTheme } from './state/theme.ts';
import './tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/marks.css';
import './styles/shell.css';
import './styles/screens.css';
import './styles/alert.css';
import './styles/duplicate.css';

startLocale();
startTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);
void start();
