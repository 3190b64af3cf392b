import { defineConfig } from 'tsup';

/** The command, and the programs that it starts in processes of their own. */
export default defineConfig({
  entry: {
    main: 'src/main.ts',
    client: 'src/client.ts',
    servers: 'src/servers.ts',
    start: 'src/start.ts',
    hostile: 'src/hostile.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  clean: true,
  // Contestants are measured as they are installed.
  skipNodeModulesBundle: true,
});
