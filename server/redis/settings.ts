/** What makes a Redis ours. A Redis found running that differs in one of these would break a promise. */
export const durableSettings = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
} as const;

const privateSettings: Readonly<Record<string, string>> = {
  ...durableSettings,
  save: '',
  daemonize: 'no',
  // A torn end is ours to mend: Redis would cut it off without keeping a copy.
  'aof-load-truncated': 'no',
};

/** Command line of `redis-server` for a private Redis; later ones win. */
export function settingsAsArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...privateSettings, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
}

/** The same as a configuration file. Values must not contain quotes, backslashes or line ends. */
export function settingsAsFile(settings: Readonly<Record<string, string>>): string {
  return Object.entries({ ...privateSettings, ...settings })
    .map(([name, value]) => `${name} "${value}"\n`)
    .join('');
}
