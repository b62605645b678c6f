import './theme.css';
import './i18n.ts';
import '../state/theme.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as z from 'zod';
import { App } from './app.tsx';

// zod compiles its parsers with `new Function`, which our Content-Security-Policy rightly refuses.
z.config({ jitless: true });

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
