// `npm run atelier -- …`: the command line from the built bundle.
import './ensure-built.mjs';

await import('../out/main/cli.js');
