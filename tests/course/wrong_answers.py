"""What learners are likely to hand in instead, and what they should be told of it.

By notebook and exercise: pairs of an answer and a part of the message. ``old$new`` is the
notebook's solution with one change made; anything else is an answer of its own.
"""

WRONG = {
    ("data", 1): [
        ("divmod(60_000, size_of)$(-(-60_000 // size_of), 0)", "is no step: it is dropped"),
        ("divmod(60_000, size_of)$divmod(60_000, size_of)[::-1]", "The other way round"),
        ("divmod(60_000, size_of)$(60_000 / size_of, 0)", "round down"),
        (
            "divmod(60_000, size_of)$(60_000 // size_of, -60_000 % size_of)",
            "are missing to fill the last batch",
        ),
        ("divmod(60_000, size_of)$60_000 // size_of", "expected two numbers"),
        ("1 - (1 - 96 / 60_000) ** 10$10 * 96 / 60_000", "counts an image that is dropped twice"),
        ("1 - (1 - 96 / 60_000) ** 10$(1 - 96 / 60_000) ** 10", "never being dropped"),
        ("1 - (1 - 96 / 60_000) ** 10$96 / 60_000", "That is one epoch"),
        ("1 - (1 - 96 / 60_000) ** 10$1.59", "That is per cent"),
        ("(32, 64, 256)$(32, 64)", "no entry for 256"),
    ],
    ("data", 2): [
        ("    while True:$    while step < per_epoch:", "ends after 4 batches"),
        ("[seed, epoch]$seed", "the epoch must be part of the seed"),
        ("[seed, epoch]$[epoch]", "the seed is not used"),
        ("[seed, epoch]$seed + epoch", "not with a sum"),
        ("[seed, epoch]$None", "Called twice"),
        ("data.labels[chosen]$data.labels[:batch_size]", "use the same indices for both"),
        ("ganlib.scale(data.images[chosen])$data.images[chosen]", "scale it with ganlib.scale"),
        (
            "ganlib.scale(data.images[chosen])$data.images[chosen] / 255",
            "not scaled as the networks expect",
        ),
        ("step = first_step$step = 0", "first_step is not used"),
        ("step = first_step$step = first_step // per_epoch * per_epoch", "begins the epoch again"),
        ("len(data) // batch_size$-(-len(data) // batch_size)", "last, short batch"),
        (
            ".permutation(len(data))$.integers(0, len(data), len(data))",
            "without replacement",
        ),
        ("np.random.default_rng([seed, epoch]).permutation$np.arange", "is not shuffled"),
        ("def numpy_batches(*args, **kwargs):\n    return [1, 2]", "use `yield`"),
        (
            "def numpy_batches(data, batch_size, seed, first_step=0):\n    order = np.arange(9)",
            "the line that returns the result is missing",
        ),
    ],
    ("data", 3): [
        ("np.sort(train.labels)$train.labels", "Were the labels sorted?"),
        ("len(np.unique(first_batch))$len(first_batch)", "not the images"),
        (".shuffle(buffer, seed=0).batch(128)$.batch(128).shuffle(buffer, seed=0)", "before batch"),
        ("len(np.unique(first_batch))$int(first_batch.max())", "the largest label"),
        ("ganlib_has_it = False$ganlib_has_it = True", "has no buffer"),
        (
            "classes_seen = {1_000: 10, 10_000: 2, 60_000: 1}\nganlib_has_it = False",
            "the larger buffer sees more classes",
        ),
    ],
    ("vanilla", 1): [
        ("np.log(1 - 0.3)$np.log(0.3)", "the term is -log(1 - D)"),
        (
            "discriminator_before = -np.log(0.8)$discriminator_before = +np.log(0.8)",
            "discriminator_before: expected 0.5798",
        ),
        ("generator_before = -np.log(0.3)$generator_before = np.log(0.7)", "as it is written"),
        ("generator_before = -np.log(0.3)$generator_before = -np.log(0.7)", "is -log D, not"),
        (
            "discriminator_after = -(np.log(0.8) + np.log(0.3)) / 2 - "
            "(np.log(0.2) + np.log(0.7)) / 2$discriminator_after = 2 * np.log(2)",
            "this one still does not",
        ),
        (
            "discriminator_after = -(np.log(0.8) + np.log(0.3)) / 2 - "
            "(np.log(0.2) + np.log(0.7)) / 2$"
            "discriminator_after = -np.log(0.55) - np.log(0.45)",
            "not the logarithm of the mean",
        ),
        ("discriminator_after > 2 * np.log(2)$False", "is above 1.386, is it not"),
        (
            "discriminator_before, generator_before = 0.2518, 1.204\n"
            "discriminator_after, above = 1.697, True",
            "The logarithm is the natural one",
        ),
    ],
    ("vanilla", 2): [
        (
            "- tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))$- tf.reduce_mean(t * tf.math."
            "log_sigmoid(-fake_logits) + (1 - t) * tf.math.log_sigmoid(fake_logits))",
            "One-sided means",
        ),
        ("+ (1 - t) * tf.math.log_sigmoid(-real_logits)$", "is missing"),
        (
            "t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)$"
            "tf.math.log_sigmoid(real_logits)",
            "That is the loss without smoothing",
        ),
        (
            "t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)$"
            "(1 - t) * tf.math.log_sigmoid(real_logits) + t * tf.math.log_sigmoid(-real_logits)",
            "t and 1 - t have changed places",
        ),
        (
            "-tf.reduce_mean(real) - tf.reduce_mean($tf.reduce_mean(real) + tf.reduce_mean(",
            "That is the payoff",
        ),
        (
            "tf.math.log_sigmoid(-fake_logits)$tf.math.log(1 - tf.sigmoid(fake_logits))",
            "the logarithm of a rounded 0",
        ),
        ("tf.math.log_sigmoid(-fake_logits)$tf.math.log_sigmoid(fake_logits)", "1 - sigmoid(s)"),
        ("    real = t *$    t = 0.9\n    real = t *", "0.9 is only its default"),
        ("return -tf.reduce_mean(real)$return -(real)", "take the mean"),
        ("t * tf.math.log_sigmoid(real_logits)$t * tf.math.log(real_logits)", "not finite"),
        ("against_perfect = y[np.argmax(payoff)]$against_perfect = 0.5", "without smoothing: the"),
        ("against_perfect = y[np.argmax(payoff)]$against_perfect = 0.9", "every image is real"),
    ],
    ("vanilla", 3): [
        (
            "gap_of_one = gap_of_five = toy_table[2:, 1].mean()\ncloser = 5",
            "the old K",
        ),
        (
            "gap_of_one, gap_of_five, closer = 0.15, toy_table[:, 1].mean(), 5",
            "Leave out the rounds before 25",
        ),
        (
            "gap_of_one, gap_of_five, closer = 0.15, toy_table[2:, 1].sum(), 5",
            "the sum; asked for is the mean",
        ),
        (
            "gap_of_one, gap_of_five, closer = 0.01, toy_table[2:, 1].mean(), 5",
            "made anew by toy_players",
        ),
        (
            "gap_of_one, gap_of_five, closer = 13.0, toy_table[2:, 1].mean(), 5",
            "is in (0, 1)",
        ),
        (
            "gap_of_five = toy_table[2:, 1].mean()\ngap_of_one, closer = 1.1 * gap_of_five, 5",
            "and not the divergence",
        ),
        (
            "gap_of_one, gap_of_five, closer = 0.6, toy_table[2:, 1].mean(), 5",
            "given its turn, too",
        ),
        (
            "gap_of_one, gap_of_five, closer = 0.15, toy_table[2:, 1].mean(), 1",
            "with K = 5 is less than",
        ),
    ],
    ("dcgan", 1): [
        (
            "np.unique(painted[6:15, 6:15])$np.sqrt(np.unique(painted[6:15, 6:15]))",
            "in two the counts multiply",
        ),
        ("np.unique(painted[6:15, 6:15])$np.unique(painted)", "Leave out the rim"),
        ("stride=3$stride=2", "That is stride 2"),
        ("np.unique(painted[6:15, 6:15])$np.unique(painted[6:15, 6:15])[::2]", "may cross"),
        ("len(painted)$21", "what is left after cutting"),
        ("len(painted)$21 + size", "starts at 3 x 6"),
        ("len(painted)$18", "reaches K pixels far"),
        ("choice = {}, {}, 6$choice = {}, {}, 4", "a checkerboard"),
        ("choice = {}, {}, 6$choice = {}, {}, 3", "never overlap"),
        ("choice = {}, {}, 6$choice = {}, {}, 5", "expected one of 3, 4, 6"),
    ],
    ("dcgan", 2): [
        ("kernel[::-1, ::-1]$kernel", "has to be flipped"),
        ("kernel[::-1, ::-1]$kernel[::-1]", "columns too"),
        ("kernel[::-1, ::-1]$kernel[:, ::-1]", "rows too"),
        ("kernel[::-1, ::-1]$kernel.T", "Transposing is not flipping"),
        ("np.pad(spread, size - 1)$np.pad(spread, size)", "K - 1 zeros, not K."),
        ("np.pad(spread, size - 1)$spread", "around the image are missing"),
        (
            "stride * (height - 1) + 1, stride * (width - 1) + 1$stride * height, stride * width",
            "No zeros follow the last pixel",
        ),
        (".astype(float))$.astype(float), padding='same')", "itself must not pad"),
        ("np.array(large)[0, ..., 0]$np.array(large)", "take the image out of its batch"),
        ("    return np.array(large)[0, ..., 0]$    np.array(large)[0, ..., 0]", "gives None"),
    ],
    ("dcgan", 3): [
        ("(trained, averaged)\n$(averaged, trained)\n", "have changed places"),
        ("(trained, averaged)\n$(averaged, averaged)\n", "always draws from the average"),
        (
            "fd_trained, fd_averaged = (\n    metrics.frechet_distance(classifier.features(images),"
            " real_features)$fd_trained, fd_averaged = (\n    metrics.frechet_distance("
            "classifier.features(images), real_features) ** 0.5",
            "used without a root",
        ),
        ('at_constant_rates = "more"$at_constant_rates = "less"', "keeps circling"),
        ('at_constant_rates = "more"$at_constant_rates = "better"', "expected one of"),
        (
            "at_constant_rates = $fd_trained = 900.0\nat_constant_rates = ",
            "Is training=False set",
        ),
        (
            "at_constant_rates = $fd_trained = 0.001\nat_constant_rates = ",
            "below the floor",
        ),
    ],
    ("cgan", 1): [
        ("row * label / (chosen.latent_dim**0.5 * noise)$row * label / noise", "has a length, too"),
        (
            "row * label / (chosen.latent_dim**0.5 * noise)$"
            "chosen.latent_dim**0.5 * noise / (row * label)",
            "noise's part against the label's",
        ),
        ("row * label / (chosen.latent_dim**0.5 * noise)$label / noise", "The weights alone"),
        (
            "kernel[: chosen.latent_dim], kernel[chosen.latent_dim :]$kernel[32:], kernel[:32]",
            "The noise comes first",
        ),
        ("np.linalg.norm(rows, axis=1)$np.linalg.norm(rows, axis=0)", "shares['before']"),
        (
            '("before", untrained.ema_generator)$("before", run.gan.ema_generator)',
            "other generator",
        ),
        ('which = "both"$which = "rows"', "you chose rows, it is both"),
        ('which = "both"$which = "noise"', "expected one of"),
    ],
    ("cgan", 2): [
        (
            "phi.predict(images, verbose=0) @ v.T$v @ phi.predict(images, verbose=0).T",
            "a row is an",
        ),
        (
            "return phi.predict(images, verbose=0) @ v.T$return phi.predict(images, verbose=0)",
            "Those are the features",
        ),
        (
            "phi.predict(images, verbose=0) @ v.T$phi.predict(images, verbose=0) @ v.T + judge.get_"
            'layer("logit")(phi.predict(images, verbose=0)).numpy()',
            "psi is in it, too",
        ),
        ("@ v.T$@ v", "stopped with ValueError"),
        (
            "phi.predict(images, verbose=0) @ v.T$"
            "(phi.predict(images, verbose=0) @ v.T).argmax(axis=1)",
            "the largest is taken afterwards",
        ),
        (
            "phi.predict(images, verbose=0) @ v.T$"
            "tf.nn.softmax(phi.predict(images, verbose=0) @ v.T)",
            "no softmax",
        ),
        (
            'get_layer("logit").input)$get_layer("logit").output)',
            "stopped with ValueError: matmul",
        ),
    ],
    ("cgan", 3): [
        ("1 - share + share / classes$1 - share", "the right one in one case of"),
        ("1 - share + share / classes$share / classes", "that were left alone are right, too"),
        ("1 - share + share / classes$100 * (1 - share + share / classes)", "That is per cent"),
        ("1 - share + share / classes$1 - share + share / (classes - 1)", "may be any"),
        ("DataSet(small_data.images, mixed,$DataSet(small_data.images, small_data.labels,", "hold"),
        (
            "metrics.label_agreement(asked_small, drawn)$100 * metrics.label_agreement(asked_small,"
            " drawn)",
            "write a share, not per cent",
        ),
        (
            "perfect = {0.5: 0.55, 1.0: 0.1}\nmeasured = {0.5: 0.1, 1.0: 0.3}",
            "the two have changed places",
        ),
        ("perfect = {0.5: 0.55, 1.0: 0.1}\nmeasured = {0.5: 0.02, 1.0: 0.01}", "less than chance"),
    ],
    ("evaluation", 1): [
        ('"inception_score", $', "inception_score does: p(y) is no longer even"),
        (', "class_kl"]$]', "class_kl does: one class holds"),
        (', "class_kl"]$, "class_kl", "precision"]', "precision does not: every"),
        (', "class_kl"]$, "class_kl", "recall"]', "recall does not: rare garments"),
        ('"kernel_distance", $', "kernel_distance does: pairs"),
        ('"inception_score", $"inception", ', "expected one of"),
        ("shares[-1] = 0.5$shares[:] = 1 / classes", "not of a half"),
        (
            'raised = ["frechet_distance", "kernel_distance", "inception_score", "class_kl"]'
            '$raised = "fd"',
            "list",
        ),
        ('report, raised = 20.9, ["frechet_distance"]', "what ganlib.evaluate gives"),
    ],
    ("evaluation", 2): [
        ("return intercept$return slope", "That is the slope"),
        ("(1 / count, $(count, ", "over 1/n, not over n"),
        ("return intercept$return points[-1][1]", "nothing was extrapolated"),
        ("return intercept$return np.mean([d for _, d in points])", "the mean over the counts"),
        ("return intercept$return slope, intercept", "Expected one number"),
        ("return intercept$intercept", "gives None"),
        ("return intercept$return points[0][1]", "at the smallest count"),
    ],
    ("evaluation", 3): [
        ('found["recall"]$found["precision"]', "That is precision"),
        ('found["recall"]$found["coverage"]', "That is coverage"),
        ('name == "held-out real"$name != "held-out real"', "not its own first neighbour"),
        ('most = "coverage"$most = "density"', "Density is divided by k"),
        ('most = "coverage"$most = "precision"', "coverage by"),
        ('recall_at[k] = found["recall"]$recall_at[21 - k] = found["recall"]', "changed places"),
    ],
    ("stability", 1): [
        ("with_penalty = s[np.argmin(-2 * s + 5 * (s - 1) ** 2)]$with_penalty = 1", "it goes on"),
        ("5 * (s - 1) ** 2$2.5 * (s - 1) ** 2", "twice s - 1"),
        ("5 * (s - 1) ** 2$10 * (s - 1) ** 2", "with the weight 10"),
        ("-2 * s + 5$2 * s + 5", "a minus before 2 s"),
        ("told = 2 * with_penalty$told = 2.0", "That is the true distance"),
        ("told = 2 * with_penalty$told = with_penalty", "the slope times 2"),
        (
            "told = 2 * with_penalty$told = 2 * with_penalty - 5 * (with_penalty - 1) ** 2",
            "less the penalty",
        ),
        ("0.5 / 2 * s**2$0.5 / 4 * s**2", "not s / 2"),
        ("0.5 / 2 * s**2$1 / 2 * s**2", "gamma is 0.5"),
        ("with_r1 = s$with_r1 = 0 * s", "they meet in between"),
    ],
    ("stability", 2): [
        ("tf.sqrt(squares + 1e-12) - target$squares - target", "Take the root"),
        ("(tf.sqrt(squares + 1e-12) - target) ** 2$squares", "before the square"),
        ("(tf.sqrt(squares + 1e-12) - target) ** 2$squares - target", "the slope alone"),
        ("(tf.sqrt(squares + 1e-12) - target) ** 2$tf.sqrt(squares + 1e-12) - 1", "is squared"),
        (", axis=list(range(1, len(slopes.shape)))$", "not of the whole batch"),
        ("axis=list(range(1, len(slopes.shape)))$axis=1", "all axes but the first"),
        ("axis=list(range(1, len(slopes.shape)))$axis=-1", "all axes but the first"),
        ("tf.reduce_mean((tf$tf.reduce_sum((tf", "not the sum"),
        ("return tf.reduce_mean($return 0.5 * tf.reduce_mean(", "That is half of it"),
        ("return tf.reduce_mean($return (", "take the mean"),
        ("tf.reduce_sum(critic(points))$tf.reduce_mean(critic(points))", "not their mean"),
        ("- target)$- 1)", "not always 1"),
        (" + 1e-12$", "add a tiny number below the root"),
        (
            "(tf.sqrt(squares + 1e-12) - target)$tf.nn.relu(tf.sqrt(squares + 1e-12) - target)",
            "from below",
        ),
        (
            "tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)"
            "$(tf.reduce_mean(tf.sqrt(squares + 1e-12)) - target) ** 2",
            "then take the mean",
        ),
        ("        tape.watch(points)\n$", "stopped with"),
        ("tf.reduce_mean((tf.sqrt$np.mean((tf.sqrt", "cannot be differentiated"),
    ],
    ("stability", 3): [
        ("threshold = fine[$threshold = 0 * fine[", "in continuous time"),
        ("threshold = fine[$threshold = RATE * fine[", "one factor of the rate cancels"),
        ("threshold = fine[$threshold = 1 / fine[", "Upside down"),
        ("threshold = fine[$threshold = 2 * fine[", "its derivative gamma y"),
        ("min(WEIGHTS, key=distance_left)$8.0", "holds y back"),
        ("min(WEIGHTS, key=distance_left)$0.5", "A stronger one comes nearer"),
        ("min(WEIGHTS, key=distance_left)$1.0", "is none of"),
    ],
}
