import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';

/** What the last round that left a note tells the next; nothing where none did. */
export function HandOverNote({ room }: { room: OpenRoom }) {
  const { safety, members } = room.state;
  const last = [...safety.reports.value.values()]
    .filter(({ handOver }) => handOver !== '')
    .toSorted((a, b) => b.at - a.at)[0];
  if (last === undefined) return null;
  const name =
    (last.by === null ? undefined : members.value.get(last.by)?.name) ?? t('incident.formerMember');
  return (
    <section class="note">
      <h2 class="note__title">{t('handOverNote.title')}</h2>
      <p class="text">{last.handOver}</p>
      <p class="hint">{t('handOverNote.by', { name, age: times().ago(last.at, now.value) })}</p>
    </section>
  );
}
