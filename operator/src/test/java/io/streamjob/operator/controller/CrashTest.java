package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.kube.InMemoryCluster.Moment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operator dies after every single pass of a change, or loses every single call to the API
 * server, and the end is always the same.
 */
class CrashTest {

  private static final int MANY = 200;

  /** A change, and how it ends. */
  enum Change {
    CREATION("", "image: example/orders:1", 1, 0, "Ready,JobRunning,UpToDate"),
    UPGRADE(
        "image: example/orders:1", "image: example/orders:2", 2, 1, "Ready,JobRunning,UpToDate"),
    SUSPENSION(
        "image: example/orders:1",
        "{image: example/orders:1, state: Suspended}",
        0,
        1,
        "Ready,UpToDate");

    private final String before;
    private final String after;
    private final int revision;
    private final int stops;
    private final String end;

    Change(String before, String after, int revision, int stops, String end) {
      this.before = before;
      this.after = after;
      this.revision = revision;
      this.stops = stops;
      this.end = end;
    }

    Scene begin() {
      Scene scene = new Scene();
      if (!before.isEmpty()) {
        scene.applyJob(before);
        settle(scene);
      }
      scene.applyJob(after);
      return scene;
    }

    void check(Scene scene, String what) {
      assertThat(scene.violations).as(what).isEmpty();
      assertThat(scene.is()).as(what).containsExactlyInAnyOrder(end.split(",", -1));
      assertThat(scene.running()).as(what).isEqualTo(revision == 0 ? List.of() : List.of(revision));
      assertThat(scene.asked("stop").stream().distinct()).as(what).hasSize(stops);
      assertThat(scene.asked("submit").stream().distinct()).as(what).hasSize(Math.max(1, revision));
      assertThat(scene.savepoints()).as(what).hasSize(stops).allMatch(SavepointPass::isOver);
      if (revision > 0) {
        assertThat(scene.flink(revision).submissions()).as(what).isNotEmpty();
      }
    }
  }

  private static void settle(Scene scene) {
    try (Stage stage = new Stage(scene)) {
      stage.settle();
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsTheSameWheneverTheOperatorIsRestarted(Change change) {
    boolean isOver = false;
    for (int pass = 1; !isOver; pass++) {
      assertThat(pass).isLessThan(MANY);
      try (Scene scene = change.begin()) {
        try (Stage doomed = new Stage(scene)) {
          doomed.settle(pass);
          isOver = doomed.passes() < pass;
        }
        settle(scene);
        change.check(scene, change + " after pass " + pass);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsTheSameWhicheverCallIsLost(Change change) {
    for (Moment moment : Moment.values()) {
      for (int call = 1; loses(change, call, moment); call++) {
        assertThat(call).isLessThan(MANY);
      }
    }
  }

  private static boolean loses(Change change, int call, Moment moment) {
    try (Scene scene = change.begin()) {
      scene.cluster.failCall(call, moment);
      settle(scene);
      change.check(scene, change + ": call " + call + " fails " + moment);
      return scene.cluster.hasFailed();
    }
  }

  /** Whatever an operator sees that starts with a cache of any age: it asks before it acts. */
  @ParameterizedTest
  @EnumSource
  void doesNothingGraveOnAStaleView(Change change) {
    try (Scene scene = change.begin()) {
      settle(scene);
      var asked = List.copyOf(scene.asked);
      var writes = scene.cluster.writes();
      for (int age = 1; age < 40; age++) {
        scene.cluster.lag(StreamJob.class, age);
        try (Stage stale = new Stage(scene)) {
          stale.rounds(3);
        }
        assertThat(scene.asked).as("age " + age).isEqualTo(asked);
        assertThat(scene.cluster.writes()).as("age " + age).isEqualTo(writes);
      }
      scene.cluster.lag(StreamJob.class, 0);
      settle(scene);
      change.check(scene, change + " after stale views");
    }
  }

  @Test
  void repeatsAPassWhoseStatusMetAnEdit() {
    for (int pass = 1; pass < 20; pass++) {
      try (Scene scene = Change.UPGRADE.begin()) {
        try (Stage stage = new Stage(scene)) {
          stage.settle(pass);
        }
        // Somebody labels the job, and the cache does not know yet.
        StreamJob edited = scene.job();
        edited.getMetadata().setLabels(Map.of("team", "orders"));
        scene.cluster.replace(edited);
        scene.cluster.lag(StreamJob.class, 1);
        try (Stage stage = new Stage(scene)) {
          stage.rounds(2);
          scene.cluster.lag(StreamJob.class, 0);
          stage.settle();
        }
        Change.UPGRADE.check(scene, "edited after pass " + pass);
        assertThat(scene.job().getMetadata().getLabels()).containsEntry("team", "orders");
      }
    }
  }
}
