# %% 1 right but for: it goes on
told = 2
with_penalty = 1

# %% 1 right but for: twice s - 1
told = 2.8
with_penalty = 1.4

# %% 1 right but for: with the weight 10
told = 2.2
with_penalty = 1.1

# %% 1 right but for: a minus before 2 s
told = 1.6
with_penalty = 0.8

# %% 1 right but for: That is the true distance
told = 2.0

# %% 1 right but for: the slope times 2
told = 1.2

# %% 1 right but for: less the penalty
told = 2.2

# %% 1 right but for: not s / 2
with_r1 = 8.0

# %% 1 right but for: gamma is 0.5
with_r1 = 2.0

# %% 1 right but for: they meet in between
with_r1 = 0.0


# %% 2: Take the root
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean((squares - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: before the square
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean(squares)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: the slope alone
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean(squares - target)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: is squared
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean(tf.sqrt(squares + 1e-12) - 1)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: not of the whole batch
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2)
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: all axes but the first
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=1)
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: all axes but the first
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=-1)
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: not the sum
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_sum((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: That is half of it
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return 0.5 * tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: take the mean
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return (tf.sqrt(squares + 1e-12) - target) ** 2


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: not their mean
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_mean(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: not always 1
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: add a tiny number below the root
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean((tf.sqrt(squares) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: from below
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean(tf.nn.relu(tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: then take the mean
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return (tf.reduce_mean(tf.sqrt(squares + 1e-12)) - target) ** 2


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: stopped with
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b


# %% 2: cannot be differentiated
def slope_penalty(critic, points, target):
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(critic(points))
    slopes = tape.gradient(total, points)
    squares = tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))
    return np.mean((tf.sqrt(squares + 1e-12) - target) ** 2)


a, b = tf.random.stateless_normal((2, 5, 3), (0, 0))
u = tf.linspace(0.0, 1.0, 5)
judge = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
place = u[:, None] * a + (1 - u[:, None]) * b

# %% 3 right but for: There psi becomes 0
by_hand = 10

# %% 3 right but for: has the rate as a factor
by_hand = 2

# %% 3 right but for: its derivative gamma psi
by_hand = 40

# %% 3 right but for: That is the number by hand
longest = 20

# %% 3 right but for: A shorter interval is needed
longest = 19

# %% 3 right but for: with 9 it still comes nearer
longest = 8

# %% 3 right but for: is no interval
longest = 0.5
