package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.upgrade.model.Scope.Begins;
import java.util.List;
import java.util.Map;

/** The scopes that are searched. */
final class Scopes {

  private static final List<Wish> USUAL =
      List.of(Wish.RUN_ONE, Wish.RUN_TWO, Wish.SUSPEND_ONE, Wish.DELETE_ONE);

  static final List<Scope> ALL =
      List.of(
          new Scope(
              "life",
              "a job is created, changed, suspended, resumed, reverted and deleted, fast or slowly",
              List.of(Wish.RUN_ONE, Wish.RUN_TWO, Wish.SUSPEND_ONE, Wish.DELETE_ONE, Wish.NONSENSE),
              Map.of(Fate.EDIT, 2, Fate.SLOWNESS, 2),
              Begins.NEW,
              1),
          new Scope(
              "edits",
              "a job that runs is changed three times",
              List.of(
                  Wish.RUN_ONE, Wish.RUN_TWO, Wish.RUN_THREE, Wish.SUSPEND_ONE, Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 3),
              Begins.SETTLED,
              1),
          new Scope(
              "versions",
              "versions that fail in every way there is, and what comes after them",
              List.of(
                  Wish.RUN_ONE,
                  Wish.RUN_BOUNDED,
                  Wish.RUN_REFUSED,
                  Wish.RUN_THROWS_LATE,
                  Wish.RUN_FAILS,
                  Wish.RUN_FAILS_LATER,
                  Wish.RUN_RESTARTS,
                  Wish.RUN_NO_IMAGE,
                  Wish.RUN_NO_JAR,
                  Wish.SUSPEND_ONE,
                  Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 2, Fate.SLOWNESS, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "room",
              "a version is upgraded where there is room for one only, fast or slowly, and taken back",
              List.of(Wish.RUN_ONE, Wish.RECREATE_TWO, Wish.RECREATE_FAILS, Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 2, Fate.DEATH, 1, Fate.SLOWNESS, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "restarts",
              "a job that fails for good is started again, as often as its policy allows",
              List.of(
                  Wish.RUN_ONE,
                  Wish.RUN_PERSISTENT,
                  Wish.RUN_FAILS_LATER,
                  Wish.SUSPEND_ONE,
                  Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 2, Fate.DEATH, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "bounded",
              "a job comes to the end of its input, and JobManagers die, at any moment",
              List.of(
                  Wish.RUN_BOUNDED,
                  Wish.RUN_ONE,
                  Wish.RUN_FAILS_LATER,
                  Wish.SUSPEND_ONE,
                  Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 1, Fate.DEATH, 2, Fate.CRASH, 1),
              Begins.NEW,
              1),
          new Scope(
              "ends",
              "a job is upgraded to one that comes to the end of its input, and JobManagers die",
              List.of(Wish.RUN_ONE, Wish.RUN_BOUNDED, Wish.SUSPEND_ONE, Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 2, Fate.DEATH, 1, Fate.SLOWNESS, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "deaths",
              "JobManagers die, at any moment, while the job is changed",
              USUAL,
              Map.of(Fate.EDIT, 1, Fate.DEATH, 2),
              Begins.SETTLED,
              2),
          new Scope(
              "endings",
              "a stop with a savepoint ends in each way there is",
              USUAL,
              Map.of(Fate.EDIT, 1, Fate.ENDING, 2, Fate.DEATH, 1, Fate.SLOWNESS, 1),
              Begins.SETTLED,
              2),
          new Scope(
              "requests",
              "calls fail, replies are lost, and both come late; the operator crashes",
              USUAL,
              Map.of(
                  Fate.EDIT,
                  1,
                  Fate.FAILED_CALL,
                  1,
                  Fate.LOST_REPLY,
                  1,
                  Fate.LATE_CALL,
                  1,
                  Fate.LATE_REPLY,
                  1,
                  Fate.CRASH,
                  1),
              Begins.SETTLED,
              1),
          new Scope(
              "late",
              "what the operator has given up happens after all, when a JobManager died meanwhile",
              USUAL,
              Map.of(
                  Fate.EDIT, 1, Fate.LATE_CALL, 1, Fate.DEATH, 1, Fate.ENDING, 1, Fate.SLOWNESS, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "crashes",
              "the operator ends between any two things that it does",
              USUAL,
              Map.of(Fate.EDIT, 1, Fate.CRASH, 2),
              Begins.NEW,
              1),
          new Scope(
              "looks",
              "what the operator sees of a cluster is old, or nothing",
              USUAL,
              Map.of(
                  Fate.EDIT,
                  1,
                  Fate.STALE_LOOK,
                  1,
                  Fate.DEATH,
                  1,
                  Fate.SILENCE,
                  1,
                  Fate.SLOWNESS,
                  1),
              Begins.SETTLED,
              1),
          new Scope(
              "storage",
              "the storage cannot be reached, and checkpoints vanish",
              USUAL,
              Map.of(
                  Fate.EDIT,
                  1,
                  Fate.STORAGE_DOWN,
                  1,
                  Fate.LOST_FILES,
                  1,
                  Fate.DEATH,
                  1,
                  Fate.ENDING,
                  1),
              Begins.SETTLED,
              1),
          new Scope(
              "leaders",
              "a leader is paused in the middle of a pass, and goes on when another one leads",
              USUAL,
              Map.of(Fate.EDIT, 1, Fate.PAUSE, 1, Fate.DEATH, 1, Fate.ENDING, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "wipe",
              "status.machine is wiped",
              USUAL,
              Map.of(Fate.EDIT, 2, Fate.WIPE, 1, Fate.DEATH, 1),
              Begins.NEW,
              1),
          new Scope(
              "owner",
              "somebody else takes the job's folder in the storage over",
              List.of(
                  Wish.RUN_ONE, Wish.RUN_TWO, Wish.RECREATE_TWO, Wish.SUSPEND_ONE, Wish.DELETE_ONE),
              Map.of(Fate.EDIT, 2, Fate.DEATH, 1, Fate.TAKEN, 1),
              Begins.SETTLED,
              1),
          new Scope(
              "elsewhere",
              "somebody else stops the job with a savepoint, at any moment; the operator crashes",
              USUAL,
              Map.of(Fate.EDIT, 2, Fate.STOP_ELSEWHERE, 1, Fate.CRASH, 1),
              Begins.SETTLED,
              1));

  private Scopes() {}

  static Scope named(String name) {
    return ALL.stream().filter(scope -> scope.name().equals(name)).findFirst().orElseThrow();
  }
}
