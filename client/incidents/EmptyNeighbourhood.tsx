import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';

function Step({ icon, href, title, hint }: { icon: IconName; href: string; title: string; hint: string }) {
  return (
    <li>
      <a class="step" href={href}>
        <Icon name={icon} />
        <span class="step__words">
          <span class="step__title">{title}</span>
          <span class="hint">{hint}</span>
        </span>
      </a>
    </li>
  );
}

/** A new neighbourhood: what to do next, instead of a blank list. */
export function EmptyNeighbourhood({ neighbourhoodId }: { neighbourhoodId: Id }) {
  return (
    <section class="stack">
      <h2>{t('empty.title')}</h2>
      <p>{t('empty.lead')}</p>
      <ol class="steps">
        <Step
          icon="people"
          href={paths.neighbours(neighbourhoodId)}
          title={t('empty.invite')}
          hint={t('empty.inviteHint')}
        />
        <Step icon="bell" href={paths.me} title={t('empty.push')} hint={t('empty.pushHint')} />
        <Step
          icon="check"
          href={paths.drills(neighbourhoodId)}
          title={t('empty.drill')}
          hint={t('empty.drillHint')}
        />
      </ol>
    </section>
  );
}
