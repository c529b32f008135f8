/** What alerts can and cannot do on each kind of device, in plain words. */
export const platformWords = {
  en: {
    'platform.title': 'Does this phone get alerts?',
    'platform.lead':
      'What you can count on, and what not, on each kind of device. Nothing here promises that a message is seen: if there is danger, call the emergency number.',
    'platform.here': 'this device',
    'platform.can': 'It can',
    'platform.cannot': 'It cannot',
    'platform.todo': 'What to do',
    'platform.ways': 'Other ways of being told',
    'platform.page': 'Which devices get alerts, and how',

    'platform.android': 'Android phone or tablet',
    'platform.androidCan':
      'Ring while it is locked and Vigie is closed. Offer buttons on the notification. Send by itself later what you wrote without a network.',
    'platform.androidCannot':
      'Ring through Do Not Disturb unless you allow it there. Ring when the battery saver has put the browser to sleep: then alerts come late, or when you open it.',
    'platform.androidDo':
      'Turn notifications on below. In the phone’s settings, open the browser under Apps, and let its battery use be unrestricted; some makers call it automatic start. Under Do Not Disturb, allow the browser if alerts shall ring at night.',

    'platform.firefox': 'Firefox on Android',
    'platform.firefoxCan':
      'Ring while it is locked and Vigie is closed, as long as Firefox was not stopped by force.',
    'platform.firefoxCannot':
      'Send by itself what you wrote without a network: that leaves when you open Vigie again. Ring through Do Not Disturb or a battery saver that stops Firefox.',
    'platform.firefoxDo':
      'Turn notifications on below. In the phone’s settings, open Firefox under Apps, and let its battery use be unrestricted.',

    'platform.ios': 'iPhone or iPad',
    'platform.iosCan':
      'Ring while it is locked, from iOS 16.4 on, if Vigie is on the Home Screen and was opened from there once.',
    'platform.iosCannot':
      'Get alerts in a browser’s tab. Show buttons on the notification: tap it, and answer in Vigie. Ring through a Focus unless you allow Vigie in it, nor with the switch on silent. Send by itself what you wrote without a network: that leaves when you open Vigie. If the icon is deleted, alerts end.',
    'platform.iosDo': 'Put Vigie on the Home Screen, then turn notifications on in there:',
    'platform.iosStep1':
      '1. Open this page in the browser, and tap Share: a square with an arrow that points up.',
    'platform.iosStep2': '2. Choose “Add to Home Screen”, with the plus sign, and confirm.',
    'platform.iosStep3':
      '3. In the browser, under Me, choose “Link another device” and copy the link. Then open Vigie by its new icon and paste it under “I have a link”.',
    'platform.iosStep4': '4. In there, under Me, turn notifications on, and allow them.',
    'platform.iosDone': 'You have opened Vigie from the Home Screen. Steps 1 to 3 are done.',

    'platform.desktop': 'Computer',
    'platform.desktopCan':
      'Show alerts while the computer is awake and the browser runs, also without a tab of Vigie.',
    'platform.desktopCannot':
      'Wake a computer that sleeps, or tell you when the browser is closed: then alerts come late, or not at all once they are out of date.',
    'platform.desktopDo':
      'Turn notifications on below, allow them also in the system’s settings, and have a phone or another way besides.',

    'platform.none': 'No smartphone',
    'platform.noneCan':
      'Be told by e-mail, by an ntfy topic on an old tablet or a computer that is always on, or by a program of your own.',
    'platform.noneCannot': 'Ring by itself at night, unless the mail program does.',
    'platform.noneDo':
      'Sign in once on any browser, add a way, and enter its code. After that no device of yours needs to stay signed in. Or ask a neighbour who has a phone: under Me, “Neighbours without a phone”, they say that they tell you of severe alerts, are reminded to, and confirm that they did.',
  },
  fr: {
    'platform.title': 'Ce téléphone reçoit-il les alertes ?',
    'platform.lead':
      'Ce sur quoi vous pouvez compter, ou non, avec chaque sorte d’appareil. Rien ici ne promet qu’un message soit vu : en cas de danger, appelez le numéro d’urgence.',
    'platform.here': 'cet appareil',
    'platform.can': 'Il peut',
    'platform.cannot': 'Il ne peut pas',
    'platform.todo': 'Que faire',
    'platform.ways': 'Être prévenu autrement',
    'platform.page': 'Quels appareils reçoivent les alertes, et comment',

    'platform.android': 'Téléphone ou tablette Android',
    'platform.androidCan':
      'Sonner verrouillé et Vigie fermé. Offrir des boutons sur la notification. Envoyer de lui-même plus tard ce que vous avez écrit sans réseau.',
    'platform.androidCannot':
      'Sonner en mode Ne pas déranger, sauf si vous l’y autorisez. Sonner quand l’économiseur de batterie a endormi le navigateur : les alertes arrivent alors en retard, ou quand vous l’ouvrez.',
    'platform.androidDo':
      'Activez les notifications ci-dessous. Dans les réglages du téléphone, ouvrez le navigateur sous Applications et laissez sa batterie sans restriction ; certains fabricants parlent de démarrage automatique. Sous Ne pas déranger, autorisez le navigateur si les alertes doivent sonner la nuit.',

    'platform.firefox': 'Firefox sur Android',
    'platform.firefoxCan': 'Sonner verrouillé et Vigie fermé, tant que Firefox n’a pas été arrêté de force.',
    'platform.firefoxCannot':
      'Envoyer de lui-même ce que vous avez écrit sans réseau : cela part quand vous rouvrez Vigie. Sonner malgré Ne pas déranger ou un économiseur de batterie qui arrête Firefox.',
    'platform.firefoxDo':
      'Activez les notifications ci-dessous. Dans les réglages du téléphone, ouvrez Firefox sous Applications et laissez sa batterie sans restriction.',

    'platform.ios': 'iPhone ou iPad',
    'platform.iosCan':
      'Sonner verrouillé, à partir d’iOS 16.4, si Vigie est sur l’écran d’accueil et y a été ouvert une fois.',
    'platform.iosCannot':
      'Recevoir les alertes dans un onglet du navigateur. Montrer des boutons sur la notification : touchez-la et répondez dans Vigie. Sonner malgré un mode de concentration, sauf si vous y autorisez Vigie, ni en silencieux. Envoyer de lui-même ce que vous avez écrit sans réseau : cela part quand vous ouvrez Vigie. Si l’icône est supprimée, les alertes s’arrêtent.',
    'platform.iosDo': 'Mettez Vigie sur l’écran d’accueil, puis activez-y les notifications :',
    'platform.iosStep1':
      '1. Ouvrez cette page dans le navigateur et touchez Partager : un carré avec une flèche vers le haut.',
    'platform.iosStep2': '2. Choisissez « Sur l’écran d’accueil », avec le signe plus, et confirmez.',
    'platform.iosStep3':
      '3. Dans le navigateur, sous Moi, choisissez « Relier un autre appareil » et copiez le lien. Puis ouvrez Vigie par sa nouvelle icône et collez-le sous « J’ai un lien ».',
    'platform.iosStep4': '4. Là, sous Moi, activez les notifications et autorisez-les.',
    'platform.iosDone': 'Vous avez ouvert Vigie depuis l’écran d’accueil. Les étapes 1 à 3 sont faites.',

    'platform.desktop': 'Ordinateur',
    'platform.desktopCan':
      'Montrer les alertes tant qu’il est éveillé et que le navigateur tourne, même sans onglet de Vigie.',
    'platform.desktopCannot':
      'Se réveiller quand il est en veille, ni vous prévenir quand le navigateur est fermé : les alertes arrivent alors en retard, ou pas du tout si elles sont périmées.',
    'platform.desktopDo':
      'Activez les notifications ci-dessous, autorisez-les aussi dans les réglages du système, et ayez en plus un téléphone ou un autre moyen.',

    'platform.none': 'Sans smartphone',
    'platform.noneCan':
      'Être prévenu par e-mail, par un sujet ntfy sur une vieille tablette ou un ordinateur toujours allumé, ou par un programme à vous.',
    'platform.noneCannot': 'Sonner tout seul la nuit, sauf si le programme de messagerie le fait.',
    'platform.noneDo':
      'Connectez-vous une fois dans n’importe quel navigateur, ajoutez un moyen et entrez son code. Ensuite aucun appareil n’a besoin de rester connecté. Ou demandez à un voisin qui a un téléphone : sous Moi, « Voisins sans téléphone », il dit qu’il vous prévient des alertes graves, reçoit un rappel et confirme qu’il l’a fait.',
  },
} as const;
