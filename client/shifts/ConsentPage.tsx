import { useState } from 'preact/hooks';
import { patrolLaw, type PatrolStanding } from '../../shared/patrol-law.ts';
import type { PatrolWord } from '../../shared/shifts.ts';
import { locale, localeTag, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { consentHere } from './consent.ts';
import { Rule } from './Rule.tsx';
import { nameOrMe } from './who.ts';

const standings = {
  outside: 'patrols.lawOutside',
  registered: 'patrols.lawRegistered',
  tolerated: 'patrols.lawTolerated',
  'with-police': 'patrols.lawWithPolice',
} as const satisfies Record<PatrolStanding, string>;

/** What is known of the law where the neighbourhood is; or that nothing is. */
function LawNote({ timeZone }: { timeZone: string }) {
  const law = patrolLaw(timeZone);
  return (
    <section class="stack box">
      <h2>{t('patrols.law')}</h2>
      {law === null ? (
        <p>{t('patrols.lawUnknown')}</p>
      ) : (
        <>
          <p>
            <strong>{t(standings[law.standing])}.</strong> {law.words[locale.value]}
          </p>
          <p class="hint">{t('patrols.lawHint', { source: law.source })}</p>
        </>
      )}
    </section>
  );
}

function Said({
  room,
  words,
  of,
}: {
  room: OpenRoom;
  words: readonly PatrolWord[];
  of: 'agree' | 'against';
}) {
  const these = words.filter(({ word }) => word === of);
  const list = new Intl.ListFormat(localeTag(), { type: 'unit' });
  const count = these.length;
  return (
    <div class="said">
      <dt>{of === 'agree' ? t('patrols.agreeing', { count }) : t('patrols.opposing', { count })}</dt>
      <dd>
        {count === 0
          ? t('patrols.nobody')
          : list.format(these.map(({ memberId }) => nameOrMe(room, memberId)))}
      </dd>
    </div>
  );
}

/** Whether there are patrols here: the rule, the law, everybody's word and one's own. */
export function ConsentPage({ room }: { room: OpenRoom }) {
  const { words, wanted, on } = consentHere(room);
  const me = room.state.me.value?.id;
  const mine = words.find(({ memberId }) => memberId === me)?.word ?? 'none';
  // At once what was chosen; the server's word follows.
  const [chosen, setChosen] = useState(mine);
  const say = useCommand(async (_key: string, word: PatrolWord['word']) => {
    const answer = await api.sayOfPatrols(room.id, word);
    room.state.rota.takeWord(answer.word);
  });
  return (
    <Page title={t('patrols.consent')} back={paths.patrols(room.id)}>
      <p role="status">
        <strong>{on ? t('patrols.consentOn') : t('patrols.off')}.</strong>{' '}
        {t('patrols.consentLead', { wanted: String(wanted) })}
      </p>
      <Rule />
      <LawNote timeZone={room.state.neighbourhood.value?.timeZone ?? 'UTC'} />
      <Choices
        legend={t('patrols.myWord')}
        value={say.busy ? chosen : mine}
        options={[
          { value: 'agree', label: t('patrols.agree') },
          { value: 'against', label: t('patrols.against') },
          { value: 'none', label: t('patrols.none') },
        ]}
        onValue={(word) => {
          setChosen(word);
          say.start(word);
        }}
      />
      {say.failure && (
        <p class="failure" role="alert">
          {say.failure}
        </p>
      )}
      <dl class="stack">
        <Said room={room} words={words} of="agree" />
        <Said room={room} words={words} of="against" />
      </dl>
    </Page>
  );
}
