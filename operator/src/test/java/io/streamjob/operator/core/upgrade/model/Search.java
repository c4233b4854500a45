package io.streamjob.operator.core.upgrade.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Breadth first through every state of a scope; ends at the first broken law. */
final class Search {

  private static final int NOWHERE = -1;

  private final Machine machine;
  private final World begin;
  private final Map<Key.Value, Integer> numbers = new ConcurrentHashMap<>();
  private final AtomicInteger last = new AtomicInteger();

  /** By state: where it was come from, by which move, and where it goes if all is fair. */
  private int[] parents = new int[1 << 16];

  private int[] moves = new int[1 << 16];
  private int[] fair = new int[1 << 16];

  /** A state that is not expanded yet. */
  private record Node(int number, int parent, int move, World world, Key.Value key) {}

  /** What is wrong, and after which state. */
  private record Wrong(int number, Optional<Fan.Broken> move, String law) {}

  /**
   * What a search found.
   *
   * @param depth the longest of the shortest ways to a state
   * @param peace the most moves from any state to its rest, once everything is fair
   * @param story of the first broken law, step by step
   */
  record Result(
      String scope, int states, int depth, int peace, double seconds, Optional<String> story) {}

  private Search(Machine machine, Scope scope) {
    this.machine = machine;
    this.begin = begin(scope);
  }

  static Result run(Machine machine, Scope scope) {
    return new Search(machine, scope).run();
  }

  private static World begin(Scope scope) {
    World world = new World(scope);
    if (scope.begins() == Scope.Begins.SETTLED) {
      for (var way = Fan.of(Machine.REAL, world).fair(); way.isPresent(); ) {
        world = way.get().world();
        way = Fan.of(Machine.REAL, world).fair();
      }
    }
    world.budget = Fate.budget(scope.fates());
    return world;
  }

  private Result run() {
    long started = System.nanoTime();
    var first = new Node(0, NOWHERE, NOWHERE, begin, begin.key());
    numbers.put(first.key(), last.getAndIncrement());
    parents[0] = NOWHERE;
    List<Node> level = List.of(first);
    int depth = 0;
    Optional<Wrong> wrong = Optional.empty();
    while (true) {
      Queue<Node> next = new ConcurrentLinkedQueue<>();
      Queue<Wrong> wrongs = new ConcurrentLinkedQueue<>();
      List<Node> now = level;
      IntStream.range(0, now.size()).parallel().forEach(i -> expand(now.get(i), next, wrongs));
      wrong = wrongs.stream().min(Comparator.comparingInt(Wrong::number));
      if (next.isEmpty() || wrong.isPresent()) {
        break;
      }
      level = List.copyOf(next);
      level.forEach(this::remember);
      depth++;
    }
    int peace = 0;
    if (wrong.isEmpty()) {
      Peace way = new Peace();
      wrong = way.search();
      peace = way.longest;
    }
    return new Result(
        begin.scope.name(),
        last.get(),
        depth,
        peace,
        (System.nanoTime() - started) / 1e9,
        wrong.map(this::story));
  }

  private void expand(Node node, Queue<Node> next, Queue<Wrong> wrongs) {
    Fan fan = Fan.of(machine, node.world(), node.key());
    if (fan.broken().isPresent()) {
      wrongs.add(new Wrong(node.number(), fan.broken(), fan.broken().get().law()));
      return;
    }
    for (Fan.Way way : fan.ways()) {
      if (!numbers.containsKey(way.key())) {
        boolean[] isNew = {false};
        int number =
            numbers.computeIfAbsent(
                way.key(),
                key -> {
                  isNew[0] = true;
                  return last.getAndIncrement();
                });
        if (isNew[0]) {
          next.add(new Node(number, node.number(), way.number(), way.world(), way.key()));
        }
      }
    }
    fair[node.number()] = fan.fair().map(way -> numbers.get(way.key())).orElse(NOWHERE);
    if (fan.fair().isEmpty()) {
      Rest.fault(machine, node.world())
          .ifPresent(fault ->
              wrongs.add(
                  new Wrong(node.number(), Optional.empty(), "left in peace, it rests: " + fault)));
    }
  }

  private void remember(Node node) {
    if (node.number() >= parents.length) {
      int length = Math.max(2 * parents.length, node.number() + 1);
      parents = Arrays.copyOf(parents, length);
      moves = Arrays.copyOf(moves, length);
      fair = Arrays.copyOf(fair, length);
    }
    parents[node.number()] = node.parent();
    moves[node.number()] = node.move();
  }

  /** Follows every state to its rest. */
  private final class Peace {

    private final int[] ways = new int[last.get()];
    private int longest;

    Optional<Wrong> search() {
      for (int state = 0; state < ways.length; state++) {
        Optional<Wrong> wrong = follow(state);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
      return Optional.empty();
    }

    /** Numbers of moves are kept plus one; a state on the way that is being followed has -1. */
    private Optional<Wrong> follow(int first) {
      Deque<Integer> way = new ArrayDeque<>();
      int state = first;
      while (state != NOWHERE && ways[state] == 0) {
        ways[state] = -1;
        way.push(state);
        state = fair[state];
      }
      int length = 0;
      if (state != NOWHERE && ways[state] > 0) {
        length = ways[state];
      } else if (state != NOWHERE) {
        Optional<String> fault = circle(state);
        if (fault.isPresent()) {
          return Optional.of(
              new Wrong(state, Optional.empty(), "left in peace, it goes round: " + fault.get()));
        }
      }
      while (!way.isEmpty()) {
        ways[way.pop()] = ++length;
      }
      longest = Math.max(longest, length);
      return Optional.empty();
    }

    /** A circle is fine if it is no more than the operator looking again while it rests. */
    private Optional<String> circle(int first) {
      World world = worlds(first).getLast();
      Optional<String> fault = Rest.fault(machine, world);
      Key.Value begin = world.key();
      while (fault.isPresent()) {
        world = Fan.of(machine, world).fair().orElseThrow().world();
        if (world.key().equals(begin)) {
          return fault;
        }
        fault = Rest.fault(machine, world);
      }
      return Optional.empty();
    }
  }

  private List<Integer> path(int state) {
    var path = new ArrayDeque<Integer>();
    for (int at = state; parents[at] != NOWHERE; at = parents[at]) {
      path.push(moves[at]);
    }
    return List.copyOf(path);
  }

  private List<World> worlds(int state) {
    return replay(state, new ArrayList<>());
  }

  private List<World> replay(int state, List<String> lines) {
    var worlds = new ArrayList<World>(List.of(begin));
    for (int move : path(state)) {
      Fan.Way way =
          Fan.of(machine, worlds.getLast()).ways().stream()
              .filter(one -> one.number() == move)
              .findFirst()
              .orElseThrow();
      lines.add(way.story().get());
      worlds.add(way.world());
    }
    return worlds;
  }

  private String story(Wrong wrong) {
    var lines = new ArrayList<String>();
    World end = replay(wrong.number(), lines).getLast();
    wrong.move().ifPresent(move -> lines.add(move.story().get()));
    if (wrong.move().isEmpty()) {
      leave(end, lines);
    }
    lines.add("=> " + wrong.law());
    return Story.tell(lines);
  }

  /** How it goes on once everything is fair. */
  private void leave(World end, List<String> lines) {
    lines.add("(from here on everything is fair)");
    var seen = new java.util.HashSet<Key.Value>();
    var way = Fan.of(machine, end).fair();
    while (way.isPresent() && seen.add(way.get().key())) {
      lines.add(way.get().story().get());
      way = Fan.of(machine, way.get().world()).fair();
    }
  }
}
