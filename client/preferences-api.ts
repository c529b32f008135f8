import { type FollowMode, Following } from '../shared/following.ts';
import { Digest, Preferences, type PreferencesCommand, type SnoozeCommand } from '../shared/preferences.ts';
import type { Id } from '../shared/text.ts';
import type { Calls } from './handover-api.ts';

/** How I want to be told, and what did not disturb me. */
export const preferencesApi = ({ call }: Calls) => {
  const at = (neighbourhoodId: Id) => `/neighbourhoods/${neighbourhoodId}`;
  return {
    preferences: (n: Id) => call('GET', `${at(n)}/preferences`, Preferences),
    choosePreferences: (n: Id, body: PreferencesCommand) =>
      call('PUT', `${at(n)}/preferences`, Preferences, { body }),
    snooze: (n: Id, how: SnoozeCommand['for']) =>
      call('PUT', `${at(n)}/preferences/snooze`, Preferences, { body: { for: how } }),
    digest: (n: Id) => call('GET', `${at(n)}/digest`, Digest),
    following: (n: Id, incidentId: Id) =>
      call('GET', `${at(n)}/incidents/${incidentId}/following`, Following),
    follow: (n: Id, incidentId: Id, mode: FollowMode) =>
      call('PUT', `${at(n)}/incidents/${incidentId}/following`, Following, { body: { mode } }),
  };
};
