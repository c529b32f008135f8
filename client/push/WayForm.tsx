import { useState } from 'preact/hooks';
import type { WayAdded, WayKind } from '../../shared/ways.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { Choices } from '../ui/Choices.tsx';
import { TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';

/** Adds a way: an address, to which a code goes at once. */
export function WayForm({
  kinds,
  onAdded,
}: {
  kinds: readonly WayKind[];
  onAdded: (added: WayAdded) => void;
}) {
  const [kind, setKind] = useState<WayKind>(kinds[0] ?? 'ntfy');
  const [address, setAddress] = useState('');
  const [token, setToken] = useState('');
  const add = useCommand(async (key: string, to: string, secret: string) => {
    const reader = { locale: locale.value, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    const command = { address: to, ...reader };
    onAdded(
      await api.addWay(
        kind === 'ntfy' && secret !== '' ? { kind, token: secret, ...command } : { kind, ...command },
        key,
      ),
    );
    setAddress('');
    setToken('');
  });
  return (
    <form
      class="stack box"
      onSubmit={(event) => {
        event.preventDefault();
        add.start(address.trim(), token.trim());
      }}
    >
      <h2>{t('ways.add')}</h2>
      <Choices
        legend={t('ways.kind')}
        value={kind}
        options={kinds.map((value) => ({ value, label: t(`ways.${value}`) }))}
        onValue={(value) => {
          setKind(value);
          add.clear();
        }}
      />
      {!kinds.includes('email') && <p class="hint">{t('ways.noMail')}</p>}
      <TextField
        label={t(`ways.${kind}Address`)}
        hint={t(`ways.${kind}Hint`)}
        error={add.failure}
        inputMode={kind === 'email' ? 'email' : 'url'}
        autocomplete={kind === 'email' ? 'email' : 'off'}
        value={address}
        onValue={setAddress}
      />
      {kind === 'ntfy' && (
        <TextField
          label={`${t('ways.token')} (${t('app.optional')})`}
          hint={t('ways.tokenHint')}
          value={token}
          onValue={setToken}
        />
      )}
      <button type="submit" class="button button--primary" disabled={add.busy || address.trim() === ''}>
        {t('ways.send')}
      </button>
    </form>
  );
}
