/** Drills, and whether pushes get to this device. */
export const drillWords = {
  en: {
    'drill.title': 'Drills',
    'drill.one': 'Drill',
    'drill.lead':
      'An exercise goes to everybody’s phone as an alert would, and says that it is one. Afterwards you know how many it reached.',
    'drill.start': 'Start a drill',
    'drill.startAsk':
      'Phones ring now, except where somebody is in quiet hours. They say that this is only an exercise.',
    'drill.next': 'The next drill can begin on {date}.',
    'drill.coordinators': 'Coordinators start drills.',
    'drill.running': 'This is only an exercise. Nothing has happened.',
    'drill.runningNow': 'A drill is going on',
    'drill.look': 'Open the drill',
    'drill.until': 'It ends by itself {date} at {time}.',
    'drill.seen': 'I have seen it',
    'drill.end': 'End the drill',
    'drill.ended': 'Ended {date} at {time}.',
    'drill.figures': 'How far it got',
    'drill.reached': '{count} of {all} answered',
    'drill.answered': 'answered',
    'drill.shown': 'shown on a device, not answered',
    'drill.accepted': 'sent, but no device has said that it came',
    'drill.waiting': 'quiet hours: not disturbed',
    'drill.refused': 'the push service did not take it',
    'drill.none': 'no device with notifications',
    'drill.notYet': 'not sent yet, or not taken by the push service',
    'drill.counts': 'These are numbers only. Who it is, each sees for themselves.',
    'drill.mine.answered': 'You have answered.',
    'drill.mine.shown': 'Your device showed it. Say that you have seen it.',
    'drill.mine.accepted':
      'It was sent to your device, which has not said that it came. Test its notifications.',
    'drill.mine.waiting':
      'Your quiet hours, or a snooze, kept it from your devices. A drill waits until they are over.',
    'drill.mine.refused': 'It could not be sent to your device. Turn its notifications off and on again.',
    'drill.mine.notYet': 'It was not sent to your devices yet, or their push service did not take it.',
    'drill.mine.none': 'No device of yours gets notifications.',
    'drill.settings': 'My notifications',
    'drill.past': 'Earlier drills',
    'drill.never': 'There was no drill yet.',
    'drill.due': 'The last drill was {age}. Hold another?',
    'drill.dueNever': 'No drill is on record here. Hold one?',
    'drill.onMap': 'Drill: only an exercise',

    'lock.title': 'On the lock screen of this device',
    'lock.nothing': 'Only that there is an alert',
    'lock.category': 'Its kind',
    'lock.full': 'Its first line',
    'lock.hint':
      'What happens at somebody’s home, medical alerts and SOS are never shown in words. What concerns shifts, your own rounds and drills is always said, and so is that alerts now wait for the morning.',

    'test.button': 'Test notifications',
    'test.lead': 'Sends a real notification to this device.',
    'test.waiting': 'Sent. Waiting for it to arrive…',
    'test.arrived': 'It arrived. Alerts reach this device.',
    'test.gone': 'The push service does not know this device any more. Turn notifications off and on again.',
    'test.refused': 'The push service refused the message. Tell whoever runs this server.',
    'test.unreachable': 'The push service could not be reached. Try again in a few minutes.',
    'test.missing': 'It was sent, and did not arrive within a minute.',
    'test.android':
      'Look at the settings of this phone: notifications of the browser must be allowed, and battery saving must not stop it.',
    'test.ios':
      'Look at Settings, Notifications: Vigie must be allowed there, and no Focus may silence it. It works only from the Home Screen.',
    'test.desktop':
      'Look at the settings of this computer: notifications of the browser must be allowed, and the browser must be running.',
    'test.last': 'The last one came {age}.',
    'test.silent': 'This device has not had a notification for 30 days.',
    'test.go': 'Test it',
  },
  fr: {
    'drill.title': 'Exercices',
    'drill.one': 'Exercice',
    'drill.lead':
      'Un exercice arrive sur tous les téléphones comme une alerte, et dit qu’il n’en est pas une. Vous savez ensuite combien de voisins il a atteints.',
    'drill.start': 'Lancer un exercice',
    'drill.startAsk':
      'Les téléphones sonnent maintenant, sauf chez qui est en heures calmes. Ils disent que ce n’est qu’un exercice.',
    'drill.next': 'Le prochain exercice pourra commencer le {date}.',
    'drill.coordinators': 'Ce sont les coordinateurs qui lancent les exercices.',
    'drill.running': 'Ce n’est qu’un exercice. Il ne s’est rien passé.',
    'drill.runningNow': 'Un exercice est en cours',
    'drill.look': 'Ouvrir l’exercice',
    'drill.until': 'Il se termine de lui-même le {date} à {time}.',
    'drill.seen': 'Je l’ai vu',
    'drill.end': 'Terminer l’exercice',
    'drill.ended': 'Terminé le {date} à {time}.',
    'drill.figures': 'Jusqu’où il est allé',
    'drill.reached': '{count} sur {all} ont répondu',
    'drill.answered': 'ont répondu',
    'drill.shown': 'affiché sur un appareil, sans réponse',
    'drill.accepted': 'envoyé, mais aucun appareil n’a dit qu’il est arrivé',
    'drill.waiting': 'heures calmes : pas dérangés',
    'drill.refused': 'le service de notification ne l’a pas pris',
    'drill.none': 'aucun appareil avec notifications',
    'drill.notYet': 'pas encore envoyé, ou pas pris par le service de notification',
    'drill.counts': 'Ce ne sont que des nombres. Chacun voit pour lui-même où il en est.',
    'drill.mine.answered': 'Vous avez répondu.',
    'drill.mine.shown': 'Votre appareil l’a affiché. Dites que vous l’avez vu.',
    'drill.mine.accepted':
      'Il a été envoyé à votre appareil, qui n’a pas dit qu’il est arrivé. Testez ses notifications.',
    'drill.mine.waiting':
      'Vos heures calmes, ou une pause, l’ont retenu. Un exercice attend qu’elles soient passées.',
    'drill.mine.refused':
      'Il n’a pas pu être envoyé à votre appareil. Désactivez puis réactivez ses notifications.',
    'drill.mine.notYet':
      'Il n’a pas encore été envoyé à vos appareils, ou leur service de notification ne l’a pas pris.',
    'drill.mine.none': 'Aucun de vos appareils ne reçoit de notifications.',
    'drill.settings': 'Mes notifications',
    'drill.past': 'Exercices précédents',
    'drill.never': 'Il n’y a pas encore eu d’exercice.',
    'drill.due': 'Dernier exercice : {age}. En lancer un autre ?',
    'drill.dueNever': 'Aucun exercice n’est consigné ici. En lancer un ?',
    'drill.onMap': 'Exercice : ce n’est qu’un exercice',

    'lock.title': 'Sur l’écran verrouillé de cet appareil',
    'lock.nothing': 'Seulement qu’il y a une alerte',
    'lock.category': 'Sa nature',
    'lock.full': 'Sa première ligne',
    'lock.hint':
      'Ce qui se passe chez quelqu’un, les urgences médicales et les SOS ne sont jamais affichés en toutes lettres. Ce qui concerne le planning des rondes, vos propres rondes et les exercices est toujours dit, de même que le report d’alertes au matin.',

    'test.button': 'Tester les notifications',
    'test.lead': 'Envoie une vraie notification à cet appareil.',
    'test.waiting': 'Envoyée. On attend qu’elle arrive…',
    'test.arrived': 'Elle est arrivée. Les alertes atteignent cet appareil.',
    'test.gone':
      'Le service de notification ne connaît plus cet appareil. Désactivez puis réactivez les notifications.',
    'test.refused':
      'Le service de notification a refusé le message. Dites-le à la personne qui gère ce serveur.',
    'test.unreachable': 'Le service de notification est injoignable. Réessayez dans quelques minutes.',
    'test.missing': 'Elle a été envoyée, et n’est pas arrivée en une minute.',
    'test.android':
      'Regardez les réglages de ce téléphone : les notifications du navigateur doivent être permises, et l’économie d’énergie ne doit pas l’arrêter.',
    'test.ios':
      'Regardez Réglages, Notifications : Vigie doit y être permis, et aucun mode de concentration ne doit le faire taire. Cela ne marche que depuis l’écran d’accueil.',
    'test.desktop':
      'Regardez les réglages de cet ordinateur : les notifications du navigateur doivent être permises, et le navigateur doit être ouvert.',
    'test.last': 'La dernière est arrivée {age}.',
    'test.silent': 'Cet appareil n’a reçu aucune notification depuis 30 jours.',
    'test.go': 'Le tester',
  },
} as const;
