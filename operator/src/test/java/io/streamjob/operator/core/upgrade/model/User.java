package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.model.Moves.Turn;
import java.util.Optional;

/** What users do to the object. */
final class User {

  private User() {}

  static void move(World world, Moves moves) {
    if (world.isReleased) {
      return;
    }
    if (world.isLeft(Fate.EDIT) && world.wish.lifecycle != Lifecycle.DELETED) {
      for (Wish wish : world.scope.wishes()) {
        if (wish != world.wish) {
          moves.add(Turn.FATE, () -> "the user: " + wish, next -> edit(next, wish));
        }
      }
    }
    if (world.isLeft(Fate.WIPE)) {
      moves.add(Turn.FATE, () -> "status.machine is wiped", User::wipe);
    }
  }

  private static void edit(World next, Wish wish) {
    next.spend(Fate.EDIT);
    next.wish = wish;
    next.generation++;
    next.paused = next.paused.map(Paused::overtaken);
  }

  private static void wipe(World next) {
    Optional<String> newest = next.newest;
    next.spend(Fate.WIPE).write(Known.of(MachineState.NEW));
    next.newest = newest;
  }
}
