// Preloaded by the commands: says what to do in a fresh clone, where the rest of the command line cannot even load.
try {
  require.resolve("tsx");
} catch {
  process.stderr.write('The packages of this project are not installed. Run "npm ci".\n');
  process.exit(3);
}
