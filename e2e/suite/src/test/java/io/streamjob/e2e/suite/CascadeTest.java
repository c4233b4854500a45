package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.streamjob.api.v1alpha1.SavepointStatus;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deletions of which Kubernetes has a part in. */
class CascadeTest {

  @RegisterExtension static final Scene SCENE = new Scene("cascade");

  /** Its namespace goes. */
  @RegisterExtension static final Scene DOOMED = new Scene("doomed");

  @ParameterizedTest(name = "{0}")
  @EnumSource(DeletionPropagation.class)
  @Order(10)
  void takesALastSavepointWhicheverCascadeIsAskedFor(DeletionPropagation cascade) {
    Job job = new Job(SCENE, cascade.name().toLowerCase(Locale.ROOT));
    job.apply();
    JsonNode running = job.awaitRunning();
    job.output().exactThrough(Job.jobId(running));

    job.resource().withPropagationPolicy(cascade).delete();
    job.awaitGone();

    SavepointStatus last = Save.taken(SCENE, job.name(), "Delete").awaitReady().getStatus();
    assertThat(SCENE.objects().below(last.location())).as("its files").hasSize(last.files());
    Output.onlyOnce(job.output().exactAtItsEnd());
    job.awaitNoRemains();
  }

  /** One job rests, one is being upgraded, one wants its savepoint's files to go with it. */
  @Test
  @Order(20)
  void keepsTheFilesOfANamespaceThatGoes() {
    Job rests = new Job(DOOMED, "rests");
    Job busy = new Job(DOOMED, "busy");
    rests.apply();
    busy.apply();
    rests.awaitRunning();
    busy.awaitRunning();
    SavepointStatus saved =
        Save.create(DOOMED, "by-hand", rests.name(), "deletionPolicy: Delete")
            .awaitReady()
            .getStatus();
    busy.patch("{\"spec\":{\"image\":\"%sv2\"}}".formatted(Scene.IMAGE));
    Eventually.is(
        "the upgrade is past the point of no return",
        () -> busy.events().contains("Park"),
        () -> busy.events().toString());

    DOOMED.client().namespaces().withName(DOOMED.namespace()).delete();

    Eventually.is(
        "the namespace is gone",
        () -> DOOMED.client().namespaces().withName(DOOMED.namespace()).get() == null,
        () ->
            DOOMED.client().namespaces().withName(DOOMED.namespace()).get().getStatus().toString());
    assertThat(DOOMED.objects().below(saved.location())).hasSize(saved.files());
    for (Job job : List.of(rests, busy)) {
      assertThat(DOOMED.objects().below(job.state()))
          .as("checkpoints or savepoints of " + job.name())
          .anyMatch(key -> key.endsWith("/_metadata"));
    }
  }
}
