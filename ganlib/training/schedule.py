"""The steps of a run, and when around them something is due."""

from typing import NamedTuple

from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import steps_per_epoch
from ganlib.errors import SettingsError
from ganlib.recipes import Recipe

# Intervals per epoch: points of the curves, and frames of the animation in a short run.
INTERVALS_PER_EPOCH = 20
# Steps that Keras takes in one call: what it does around each costs 1 ms, 6 % of a step.
STEPS_PER_EXECUTION = 8
MOST_STEPS = 2**31 - 1


class Schedule(NamedTuple):
    """Steps of an epoch, of the run, of an interval and of one call; and how often what is due."""

    epoch_steps: int
    total_steps: int
    interval: int
    execution: int
    images_per_step: int
    checkpoint_epochs: int
    checkpoint_seconds: float
    score_epochs: int

    def is_whole(self, step: int) -> bool:
        """Whether an interval, rather than an interrupt, ended before ``step``."""
        return step % self.interval == 0 or step >= self.total_steps

    def ends_epoch(self, step: int, every: int = 1) -> bool:
        """Whether an epoch, or each so many epochs, ended in the interval before ``step``."""
        return step % (every * self.epoch_steps) < self.interval


def schedule_of(recipe: Recipe, data: DataSet, **due) -> Schedule:
    """The schedule of a recipe on a data set; ``due``: the fields on checkpoints and scores.

    Raises:
        SettingsError: a step would take more images than there are, or the run too many steps.
    """
    images = recipe.batch_size * recipe.critic_steps
    if recipe.critic_steps > 1 and images > len(data):
        raise SettingsError(
            f"batch_size={recipe.batch_size} times critic_steps={recipe.critic_steps} are {images} "
            f"images a step; there are {len(data)} in all."
        )
    epoch_steps = steps_per_epoch(data, images)
    total_steps = recipe.epochs * epoch_steps
    if total_steps > MOST_STEPS:
        raise SettingsError(
            f"epochs={recipe.epochs} of {epoch_steps:,} steps are {total_steps:,}; "
            f"a run has at most {MOST_STEPS:,}."
        )
    shortest = -(-epoch_steps // INTERVALS_PER_EPOCH)
    execution = min(STEPS_PER_EXECUTION, shortest)
    interval = -(-shortest // execution) * execution
    return Schedule(epoch_steps, total_steps, interval, execution, images, **due)
