import { useState } from 'preact/hooks';
import type { SignUpCommand } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { ApiError } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { failureText } from '../ui/failure.ts';
import { useCommand } from '../ui/use-command.ts';

/** The server wants to be told that they have read it: much in one go, or little rest. */
const isWarning = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.problem.issues ?? []).some(({ path }) => path === 'evenSo');

/** Signing up for a shift and leaving it; what is a warning is asked about first. */
export function useSignUp(room: OpenRoom, shiftId: Id) {
  const [warning, setWarning] = useState<{ text: string; command: SignUpCommand } | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const join = useCommand(async (key: string, command: SignUpCommand) => {
    try {
      const { shift } = await api.joinShift(room.id, shiftId, command, key);
      room.state.rota.take([shift]);
      setDone(t('shift.joined'));
    } catch (error) {
      if (!isWarning(error)) throw error;
      setWarning({ text: failureText(error), command });
    }
  });
  const leave = useCommand(async (key: string) => {
    const { shift } = await api.leaveShift(room.id, shiftId, key);
    room.state.rota.take([shift]);
    setDone(t('shift.left'));
  });
  return {
    busy: join.busy || leave.busy,
    failure: join.failure ?? leave.failure,
    /** What was done last, for those who do not see it. */
    done,
    warning: warning?.text ?? null,
    join: (kind: SignUpCommand['kind']) => {
      leave.clear();
      join.start({ kind, evenSo: false });
    },
    joinEvenSo: () => {
      if (warning !== null) join.start({ ...warning.command, evenSo: true });
    },
    calmDown: () => setWarning(null),
    leave: () => {
      join.clear();
      leave.start();
    },
  };
}
