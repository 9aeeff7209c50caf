# %% 1 right but for: 5 of 6 are right. Of patient 3
diagnoses[3] = "oscillation"

# %% 1 right but for: 3 of 6 are right. Look once more at patients 1, 2, 5
diagnoses |= {1: "healthy", 2: "discriminator too weak", 5: "discriminator far ahead"}

# %% 1: Look at the pictures first
diagnoses = dict.fromkeys(range(1, 7), "healthy")

# %% 1 right but for: Patient 4: There is no diagnosis
diagnoses[4] = "mode colapse"

# %% 1 right but for: Patient 4: There is no diagnosis 7
diagnoses[4] = 7


# %% 2: Every run is 'healthy'
def diagnose(history, scores):
    return "healthy"


# %% 2: Expected one of
def diagnose(history, scores):
    return "collapse"


# %% 2: became 'discriminator too weak'
def diagnose(history, scores):
    late = {name: np.mean(line[-5:]) for name, line in history.items()}
    if late["generator_loss"] < 0.1:
        return "discriminator too weak"
    if late["fake_accuracy"] > 0.95:
        return "leak" if late["held_out_accuracy"] < 0.1 else "discriminator far ahead"
    return "mode collapse" if late["spread"] < 0.1 else "healthy"


# %% 2: the share of held-out images accepted
def diagnose(history, scores):
    late = {name: np.mean(line[-5:]) for name, line in history.items()}
    if late["generator_loss"] < 0.1:
        return "mixed batches" if late["fake_accuracy"] > 0.9 else "discriminator too weak"
    if late["fake_accuracy"] > 0.95:
        return "discriminator far ahead"
    return "mode collapse" if late["spread"] < 0.1 else "healthy"


# %% 2: diagnose stopped with KeyError
def diagnose(history, scores):
    return "healthy" if history["loss"][-1] > 1 else "leak"


# %% 3: is healthy
patient, change = 3, {"beta_1": 0.5}
outcome = treat(patient, **change)

# %% 3: one setting at a time
patient, change = 6, {"discriminator_learning_rate": 1e-3, "beta_1": 0.5}
outcome = treat(patient, **change)

# %% 3: did not help
patient, change = 4, {"learning_rate": 5e-2}
outcome = stored["leak"][0]

# %% 3: patient: expected one of
patient, change = 7, {"beta_1": 0.5}
outcome = stored["healthy"][0]

# %% 3: less than half of the way
patient, change = 2, {"beta_1": 0.5}
outcome = stored["leak"][0]

# %% 3: The training − held-out went from
patient, change = 1, {"beta_1": 0.5}
outcome = patients()[1]

# %% 3 right but for: expected a dict
change = "discriminator_learning_rate"
