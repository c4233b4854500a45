package io.streamjob.operator.core.upgrade.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All moves from one world. */
final class Fan implements Moves {

  /** Where a move leads; to nowhere if it breaks a law. */
  record Way(int number, Turn turn, Supplier<String> story, World world, Key.Value key) {}

  /** A move that breaks a law. */
  record Broken(int number, Supplier<String> story, String law) {}

  private final World world;
  private final Key.Value key;
  private final List<Way> ways = new ArrayList<>();
  private Optional<Way> fair = Optional.empty();
  private Optional<Broken> broken = Optional.empty();
  private int count;

  private Fan(World world, Key.Value key) {
    this.world = world;
    this.key = key;
  }

  static Fan of(Machine machine, World world) {
    return of(machine, world, world.key());
  }

  static Fan of(Machine machine, World world, Key.Value key) {
    var fan = new Fan(world, key);
    Nature.storage(world, fan);
    Nature.flights(world, fan);
    Nature.move(world, fan);
    Operator.move(machine, world, fan);
    User.move(world, fan);
    Operator.tick(world, fan);
    Operator.patience(world, fan);
    return fan;
  }

  List<Way> ways() {
    return ways;
  }

  /** What happens next where everything is fair; empty at rest. */
  Optional<Way> fair() {
    return fair;
  }

  Optional<Broken> broken() {
    return broken;
  }

  @Override
  public boolean isBusy() {
    return fair.isPresent();
  }

  @Override
  public void add(Turn turn, Supplier<String> story, Consumer<World> change) {
    int number = count++;
    var next = new World(world);
    try {
      change.accept(next);
      Laws.writers(next);
    } catch (Violation law) {
      broken = broken.or(() -> Optional.of(new Broken(number, story, law.getMessage())));
      return;
    } catch (IllegalArgumentException
        | IllegalStateException
        | java.util.NoSuchElementException e) {
      broken = broken.or(() -> Optional.of(new Broken(number, story, "an error: " + e)));
      return;
    }
    next.tidy();
    Key.Value reached = next.key();
    if (reached.equals(key)) {
      return;
    }
    var way = new Way(number, turn, story, next, reached);
    ways.add(way);
    if (turn != Turn.FATE && fair.filter(other -> other.turn().compareTo(turn) <= 0).isEmpty()) {
      fair = Optional.of(way);
    }
  }
}
