// The words that `description.ts` looks for: lower case, without accents, apostrophes and hyphens as spaces. They are
// here to recognise a way of writing, not because anybody should use them.

/** What a language brings: sets of single words, and behaviour as patterns of whole words. */
export type DescriptionWords = {
  /** Words that tell the language apart from the other. */
  common: ReadonlySet<string>;
  people: ReadonlySet<string>;
  /** People of which a colour tells something else: a white line is "une bande blanche", the White family is a name. */
  peopleWithoutColour: ReadonlySet<string>;
  /** Origin, nationality, religion: they may describe a person or a thing. */
  origins: ReadonlySet<string>;
  /** These can only be people. */
  originPeople: ReadonlySet<string>;
  colours: ReadonlySet<string>;
  /** What may stand between the person and the origin. */
  between: ReadonlySet<string>;
  /** What makes a person of the origin that follows: "a Romanian", "des Roumains". */
  determiners: ReadonlySet<string>;
  /** Who is meant well or is the target: "against Jews", "pour les migrants". */
  towards: ReadonlySet<string>;
  /** Clothes that say a religion. */
  garments: ReadonlySet<string>;
  /** What makes a name of a place: "Turks Lane", "rue des Juifs". */
  places: ReadonlySet<string>;
  /** Only supposed: "probably to steal". */
  supposed: ReadonlySet<string>;
  /** Something that was done, or that happened to somebody. Standing, walking and being there are not in it. */
  behaviour: RegExp;
  /** Ways of saying somebody's origin in several words. `@` stands for any origin. */
  phrases: readonly string[];
};

const words = (text: string): ReadonlySet<string> =>
  new Set(text.split(/\s+/u).filter((word) => word !== ''));
const acts = (text: string) =>
  new RegExp(
    `(?<= )(?:${text
      .trim()
      .split(/\s*\n\s*/u)
      .join('|')})(?= )`,
    'gu',
  );

export const english: DescriptionWords = {
  common:
    words(`the and with is are was were in of to two three some my by near they he she who from his her at
    an for this that it has have our their`),
  people:
    words(`man men woman women guy guys person persons people male males female females boy boys girl girls kid
    kids child children teen teens teenager teenagers youth youths youngster youngsters lad lads lady ladies gentleman
    gentlemen individual individuals fellow fellows dude dudes bloke blokes gang gangs group groups couple couples family
    families driver drivers passenger passengers stranger strangers beggar beggars worker workers thief thieves burglar
    burglars robber robbers suspect suspects intruder intruders pedestrian pedestrians neighbour neighbours neighbor
    neighbors traveller travellers adult adults`),
  peopleWithoutColour: words('family families group groups couple couples'),
  origins:
    words(`african arab arabic arabian asian chinese japanese korean vietnamese indian pakistani bangladeshi
    turkish kurdish romanian bulgarian polish albanian serbian georgian moldovan chechen russian ukrainian moroccan
    algerian tunisian libyan egyptian nigerian senegalese congolese ghanaian somali eritrean ethiopian syrian lebanese
    afghan iraqi iranian mexican colombian brazilian latino latina hispanic caribbean jamaican european mediterranean
    slavic balkan eastern oriental roma romani gypsy muslim islamic jewish jew hindu sikh catholic christian foreign
    immigrant migrant refugee ethnic coloured colored caucasian portuguese spanish italian french german english irish
    scottish american turk pole paki`),
  originPeople:
    words(`africans arabs asians indians pakistanis bangladeshis turks kurds romanians bulgarians albanians
    serbs georgians chechens russians ukrainians moroccans algerians tunisians nigerians somalis eritreans syrians
    afghans iraqis iranians mexicans latinos hispanics jamaicans gypsies muslims jews hindus sikhs foreigners foreigner
    immigrants migrants refugees blacks niggers nigger negro negroes pakis gypos gyppos pikey pikeys chink chinks`),
  colours: words('black white brown'),
  between:
    words(`young younger old older elderly tall short big small thin slim fat large teenage middle aged unknown
    suspicious strange looking drunk other adult skinned european african american eastern and or two three very
    black white brown asian`),
  determiners: words(`a an the some two three four five six several many these those another 2 3 4 5 6`),
  towards: words('for against anti to toward towards'),
  garments: words(
    'hijab hijabs burka burkas burqa burqas niqab niqabs turban turbans kippah kippa yarmulke abaya',
  ),
  places:
    words(`street road lane avenue square hill close place court drive way walk quarter town gardens green school
    church restaurant shop market`),
  supposed: words(
    'probably surely maybe perhaps might want wants wanting planning about going presumably likely',
  ),
  behaviour: acts(String.raw`
    break\w*|broke\w*|smash\w*|forc(?:e|ed|es|ing)|pry|prying|pried|tamper\w*|cut|cuts|cutting|damag\w*|vandal\w*
    steal\w*|stole\w*|rob|robs|robbed|robbing|robbery|burgl(?:ed|ing|ary)|snatch\w*|grab\w*|mugg\w+|pickpocket\w*
    (?:take|takes|took|taking)(?: \w+){0,2} (?:parcels?|packages?|bikes?|bicycles?|photos?|pictures?|videos?|bags?|things|phones?|keys|tools|mail)
    (?:try|tries|tried|trying)(?: \w+){0,3} (?:doors?|handles?|cars?|gates?|windows?|locks?|open|enter|get|break|steal)
    (?:look|looks|looked|looking|stare|stares|staring)(?: \w+)? (?:in|into|inside|through|over)
    climb\w*|jump\w*|enter|enters|entered|entering|trespass\w*|hid|hide|hides|hiding|fled|flee|flees|fleeing|open\w*
    attack\w*|assault\w*|punch\w*|kick\w*|push\w*|shov\w+|beat|beats|beating|fight\w*|fought|stab\w*|shoot\w*|shot|hit|hits|hitting
    threat\w*|shout\w*|yell\w*|scream\w*|insult\w*|harass\w*|abus\w+|spit\w*|swear\w*|chas\w+|stalk\w*|follow\w*|grop\w+|touch\w*
    film\w*|photograph\w*|record\w*|peer\w*|peep\w*|peek\w*|spy|spying|spied
    knock\w*|ring|rings|ringing|rang|pretend\w*|claim\w*|posed|posing|scam\w*|fraud\w*|trick\w*
    throw\w*|threw|dump\w*|burn\w*|arson|fire|spray\w*|graffiti|tagging|tags|paint\w*|swastikas?|load|loads|loading|loaded
    sell|sells|selling|sold|dealing|urinat\w*|expos\w+|masturbat\w*|undress\w*|block\w*|speeding|crash\w*|raced|racing
    knife|knives|gun|guns|machete|crowbar|weapons?|hammer|noise|noisy|music|party|loud
    hurt|injured|lost|fell|fallen|collaps\w*|bleeding|unconscious|missing`),
  phrases: [
    '(?:dark|light|brown|black|white|olive|tanned|fair|pale) (?:skin|skinned|complexion)',
    'skin (?:colour|color|tone)',
    '(?:man|men|woman|women|person|people|guy|guys) of colou?r',
    'mixed race',
    '(?:@|middle eastern) (?:looking|appearance|origin|descent|accent|features|background|heritage|ethnicity|type)',
    '(?:middle|eastern|north|south|west|east) (?:eastern|european|african|asian)s? (?:man|men|woman|women|guys?|people|males?|females?|youths?|gang|group|couple)',
    'asylum seekers?',
  ],
};

export const french: DescriptionWords = {
  common:
    words(`le la les un une des du de et avec dans est sont au aux en sur d l qui deux trois ils il elle devant
    pres chez ce ces pas j ai ont leur leurs ne n`),
  people:
    words(`homme hommes femme femmes personne personnes individu individus type types mec mecs gars jeune jeunes
    garcon garcons fille filles enfant enfants ado ados adolescent adolescents adolescente gamin gamins gosse gosses
    monsieur messieurs dame dames bande bandes groupe groupes famille familles couple couples gens conducteur conducteurs
    passager passagers ouvrier ouvriers voleur voleurs cambrioleur cambrioleurs suspect suspects rodeur rodeurs inconnu
    inconnus mendiant mendiants mendiante mendiantes adulte adultes`),
  peopleWithoutColour: words('bande bandes groupe groupes famille familles couple couples'),
  origins:
    words(`arabe arabes africain africains africaine africaines asiatique asiatiques chinois chinoise chinoises
    japonais indien indiens indienne pakistanais turc turcs turque turques kurde kurdes roumain roumains roumaine
    roumaines bulgare bulgares polonais polonaise albanais albanaise serbe serbes georgien georgiens moldave moldaves
    tchetchene tchetchenes russe russes ukrainien ukrainiens marocain marocains marocaine algerien algeriens algerienne
    tunisien tunisiens tunisienne libyen libyens egyptien egyptiens maghrebin maghrebins maghrebine maghrebines
    magrebin magrebins senegalais malien maliens nigerian nigerians ivoirien ivoiriens congolais comorien comoriens
    somalien somaliens erythreen erythreens syrien syriens libanais afghan afghans irakien irakiens iranien iraniens
    portugais portugaise espagnol espagnols italien italiens allemand allemands anglais europeen europeens europeenne
    mediterraneen mediterraneens antillais caucasien caucasiens slave slaves rom roms gitan gitans gitane gitanes
    manouche manouches tsigane tsiganes tzigane tziganes romanichel romanichels beur beurs rebeu rebeus renoi renois
    musulman musulmans musulmane musulmanes juif juifs juive juives chretien chretiens islamiste islamistes etranger
    etrangers etrangere etrangeres immigre immigres immigree migrant migrants refugie refugies clandestin clandestins
    basane basanes basanee metis metisse black blacks`),
  originPeople: words(
    'bougnoule bougnoules bicot bicots negro negros negre negres youpin youpins chinetoque chinetoques',
  ),
  colours: words('noir noirs noire noires blanc blancs blanche blanches'),
  between:
    words(`jeune jeunes grand grands grande petit petits petite vieux vieille gros age ages agee adulte adultes
    assez tres plutot inconnu inconnus maigre mince costaud d de`),
  determiners:
    words(`un une des les deux trois quatre cinq six plusieurs quelques ces ce cet cette certains certaines
    2 3 4 5 6`),
  towards: words('contre envers anti pour aux'),
  garments: words(
    'hijab burqa burka niqab djellaba djellabas qamis kamis kippa kippas turban boubou abaya foulard voile',
  ),
  places:
    words(`rue place avenue boulevard bd allee impasse quai square chemin route cours passage faubourg quartier cite
    cafe restaurant hotel bar station metro arret ecole college lycee eglise mosquee synagogue temple magasin boutique
    epicerie boulangerie marche cimetiere`),
  supposed:
    words(`surement probablement certainement doute veut veulent va vont pourrait pourraient comptent compte
    preparent prepare pour afin`),
  behaviour: acts(String.raw`
    cass\w+|bris\w+|forc(?:e|es|ent|er|ee|ees|ait|aient)|fractur\w+|crochet\w+|endommag\w+|degrad\w+|sabot\w+|manipul\w+|perc(?:e|ent|er|es)
    vol|vols|vole|voles|volent|voler|volee|volees|volait|volaient|derob\w+|arrach\w+|emport\w+|cambriol(?:e|es|ent|er|ee|age|ages|aient)
    pris|prise|prend|prends|prennent|prenait|prenaient|prendre|charge|chargent|charger|chargeaient|ramass\w+|fouill\w+
    ouvr\w+|ouvert\w*|essa[iy]\w+|tire|tirent|tirer|tirait|tiraient|escalad\w+|grimp\w+|enjamb\w+|saut(?:e|es|ent|er|ait|aient)
    entrent|entrer|entrait|entraient|(?:est|sont|ai|a) entre(?:e|s|es)?|introdui\w+|penetr\w+|franchi\w+|enfui\w*|fuit|fuient|fui|cach(?:e|es|ent|er|ait|aient)
    attaqu\w+|agress\w+|frapp\w+|cogn\w+|pouss\w+|bouscul\w+|menac\w+|cri(?:e|es|ent|er|ait|aient)|hurl\w+|insult\w+|harcel\w+|crach\w+|battent|battre|battu\w*|bagarr\w+|poignard\w+
    suit|suivent|suivi|suivis|suivie|suivait|suivaient|suivre|poursui\w+|film(?:e|es|ent|er|ait|aient)|photograph\w+|photos?|espionn\w+|touch\w+
    regard\w+(?: \w+)? (?:dans|par|chez|a l interieur|a travers)
    sonn\w+|toqu(?:e|es|ent|er|ait|aient)|demarch(?:e|ent|er|age)|pretend\w+|fai\w+ passer|font passer|escroqu\w+|arnaqu\w+
    jett\w+|jet(?:e|es|er|ait|aient)|lanc(?:e|es|ent|er|ait|aient)|brul\w+|incendi\w+|feu|tagu\w+|tags?|graffitis?|peint\w*|croix gammees?|depos\w+|deverse\w*|vid(?:e|ent|er|aient)
    vend|vendent|vendre|vendait|vendaient|dealent|dealait|drogue|urin\w+|exhib\w+|bloqu\w+|rodeo|rodeos|percut\w+|renvers\w+
    couteau|couteaux|arme|armes|armee|pistolet|fusil|machette|pied de biche|marteau|bruit|tapage|musique|fete
    bless\w+|tomb(?:e|es|ee|ent)|perdu\w*|inconscient\w*|disparu\w*`),
  phrases: [
    '(?:origines?|type|apparence|accent|allure|physique|facies|confession|nationalite) (?:plutot |tres |nord |sud )?@',
    'accent (?:de l est|des pays de l est|du maghreb|etranger)',
    '(?:hommes?|femmes?|gens|personnes?|individus?|types?|mecs?|bande|jeunes) (?:de l est|des pays de l est|du maghreb|du voyage|de couleur|d afrique)',
    'peau (?:noire|foncee|mate|sombre|blanche|claire|basanee|brune)',
    'noirs? de peau',
    'teint (?:mat|basane|fonce|sombre)',
    'sans papiers',
    'femmes? voilees?',
    'originaires? (?:de|du|des|d)',
    'nord africains?',
  ],
};
