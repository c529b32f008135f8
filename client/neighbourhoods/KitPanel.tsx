import { kit, KitId, type KitKind } from '../../shared/kit.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';

const kinds: readonly { kind: KitKind; legend: 'kit.equipment' | 'kit.skills' }[] = [
  { kind: 'equipment', legend: 'kit.equipment' },
  { kind: 'skill', legend: 'kit.skills' },
];

/** What I bring to patrols and can do, by my own word. */
export function KitPanel({ room }: { room: OpenRoom }) {
  const me = room.state.me.value?.id ?? '';
  const mine = room.state.kits.value.get(me)?.kit ?? [];
  const save = useCommand(async (_: string, next: readonly KitId[]) => {
    const saved = await api.setKit(room.id, next);
    room.state.takeKit(saved.kit);
  });
  const choose = (id: KitId, is: boolean) =>
    save.start(KitId.options.filter((one) => (one === id ? is : mine.includes(one))));
  return (
    <section class="stack box">
      <h2>{t('kit.title')}</h2>
      <p class="hint">{t('kit.lead')}</p>
      {kinds.map(({ kind, legend }) => (
        <fieldset key={kind} class="choices">
          <legend class="choices__legend">{t(legend)}</legend>
          {KitId.options
            .filter((id) => kit[id].kind === kind)
            .map((id) => (
              <label key={id} class="check">
                <input
                  type="checkbox"
                  checked={mine.includes(id)}
                  disabled={save.busy}
                  onChange={(event) => choose(id, event.currentTarget.checked)}
                />
                <span>{kit[id].words[locale.value]}</span>
              </label>
            ))}
        </fieldset>
      ))}
      {save.failure && (
        <p class="failure" role="alert">
          {save.failure}
        </p>
      )}
    </section>
  );
}

/** The same, of somebody, in a line; nothing where they said nothing. */
export function KitLine({ kit: ids }: { kit: readonly KitId[] }) {
  if (ids.length === 0) return null;
  const list = new Intl.ListFormat(locale.value, { type: 'unit' });
  return (
    <span class="hint">
      {t('kit.of', { list: list.format(ids.map((id) => kit[id].words[locale.value])) })}
    </span>
  );
}
