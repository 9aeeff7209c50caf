/**
 * Games worth playing: what each shows, in a sentence, a question and its answer. Where one is the
 * cure of another, the two differ in one setting. `pace` and `trail`: how it is best watched.
 */

const HEAPS = {
  optimizer: "sgd", learning_rate: 0.1, discriminator_learning_rate: 0.3, ema_decay: 0,
};
const FAR = {
  data: "heap", optimizer: "sgd", learning_rate: 0.02, discriminator_learning_rate: 0.3,
  critic_steps: 10, width: 16, ema_decay: 0,
};
const DIRAC = {
  data: "point", networks: "dirac", loss: "wasserstein", optimizer: "sgd", learning_rate: 0.1,
  discriminator_learning_rate: 0.1, ema_decay: 0,
};

export const PRESETS = {
  lump: {
    title: "the lump that circles",
    sentence: "At first the points spread out. By step 1,000 or so they gather in one lump, which runs "
      + "from mode to mode: mode collapse.",
    question: "D learns to reject the lump where it is. Why does it move on instead of spreading out?",
    answer: "The points lie together, so all of them get nearly the same arrow. Nothing pushes them "
      + "apart.",
    settings: HEAPS,
  },
  r1: {
    title: "its cure: R1",
    sentence: "The same game, but D pays for a steep slope at the data: the points find the modes.",
    question: "Look at D's field. What has become flatter, and what does that do to the arrows?",
    answer: "D's field around the data. The arrows shorten as the points arrive, so they do not "
      + "overshoot.",
    settings: { ...HEAPS, penalty: "r1", penalty_weight: 0.3 },
  },
  saturated: {
    title: "a gradient that vanishes",
    sentence: "D wins early, and with the minimax loss the arrows shrink to nothing: G stands still.",
    question: "D is right about every point. Why is that of no use to G?",
    answer: "D is certain, and the slope of log(1 − D) by the logit is −D: nearly nothing where D is "
      + "near 0.",
    settings: { ...FAR, loss: "minimax" },
  },
  non_saturating: {
    title: "its cure: the non-saturating loss",
    sentence: "The same game with the non-saturating loss: G feels the most where D wins, and arrives.",
    question: "Where are the arrows longest now? Where were they with the minimax loss?",
    answer: "Where D is sure that a point is generated. With minimax those arrows were the shortest.",
    settings: { ...FAR, loss: "non_saturating" },
  },
  weak: {
    title: "a discriminator too weak",
    sentence: "D learns a hundred times more slowly: G follows an outdated D and never spreads out.",
    question: "Which learning rate would you change, in which direction, and what do you expect?",
    answer: "D's, upwards. The points then spread at first; but this game is now the lump's, and "
      + "needs R1 too.",
    settings: { ...HEAPS, discriminator_learning_rate: 0.003 },
  },
  dirac: {
    title: "the Dirac-GAN's circle",
    sentence: "One generated point, one data point, a plane for D: in turns, they circle for ever.",
    question: "The arrow never points at the data. What would have to change for it to do so?",
    answer: "D would have to forget: R1 pulls its slope back to 0, and the circle becomes a spiral "
      + "inwards.",
    settings: DIRAC,
    pace: "steady",
    trail: true,
  },
  simultaneous: {
    title: "both players at once",
    sentence: "The Dirac-GAN again, but neither waits for the other: the circle becomes a spiral "
      + "outwards.",
    question: "In which setting does the point come to rest? Choose a penalty and press restart.",
    answer: "With R1 or R2 of some weight. A gradient penalty asks for the slope 1, and rest needs "
      + "the slope 0.",
    settings: { ...DIRAC, updates: "simultaneous" },
    pace: "steady",
    trail: true,
  },
  unrolled: {
    title: "a generator that looks ahead",
    sentence: "The Dirac-GAN again; G foresees five steps of D: the spiral runs inwards.",
    question: "Why does it help to know how D will answer? What does it cost?",
    answer: "G steers to where it will still be right after D's answer. Each step of G costs five "
      + "more of D.",
    settings: { ...DIRAC, updates: "unrolled" },
    pace: "steady",
    trail: true,
  },
};
