package io.streamjob.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.streamjob.operator.core.observed.Problem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodProblemsTest {

  private static final KubernetesSerialization YAML =
      new KubernetesSerialization(new ObjectMapper(), false);

  private static Pod pod(String status) {
    return YAML.unmarshal(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: " + status.replace("\n", " "),
        Pod.class);
  }

  private static Optional<Problem> of(String status) {
    return PodProblems.of(List.of(), List.of(pod(status)));
  }

  private static String container(String field, String state) {
    return "{%s: [{name: main, image: example/orders:1, ready: false, %s}]}"
        .formatted(field, state);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ErrImagePull               | no such manifest                     | ImagePullFailed
          ImagePullBackOff           | back-off                             | ImagePullFailed
          InvalidImageName           | bad                                  | ImagePullFailed
          ErrImageNeverPull          | not here                             | ImagePullFailed
          CreateContainerConfigError | secret "keys" not found              | SecretMissing
          CreateContainerConfigError | couldn't find key x in Secret shop/k | SecretMissing
          CreateContainerConfigError | configmap "c" not found              | PodConfigError
          CreateContainerError       | no such runtime                      | ContainerRefused
          RunContainerError          | exec: not found                      | ContainerRefused
          """)
  void saysWhatAContainerWaitsFor(String waiting, String message, String reason) {
    String state =
        "state: {waiting: {reason: %s, message: '%s'}}"
            .formatted(waiting, message.replace("'", "''"));
    for (String field : List.of("initContainerStatuses", "containerStatuses")) {
      Problem problem = of(container(field, state)).orElseThrow();
      assertThat(problem.reason()).isEqualTo(reason);
      assertThat(problem.message()).contains(message);
      assertThat(problem.isFinal()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "JarMissing,true",
    "JarAmbiguous,true",
    "S3PluginMissing,true",
    "StorageUnreachable,false"
  })
  void repeatsWhatThePreparationSays(String reason, boolean isFinal) {
    Problem problem =
        of("""
        {initContainerStatuses: [{name: prepare, ready: false, state:
          {terminated: {exitCode: 1, message: "%s|put one jar there"}}}]}
        """
                .formatted(reason))
            .orElseThrow();
    assertThat(problem).isEqualTo(new Problem(reason, "put one jar there", isFinal));
  }

  @Test
  void tellsTheLastLineOfAContainerThatKeepsEnding() {
    Problem problem =
        of("""
        {containerStatuses: [{name: jobmanager, ready: false,
          state: {waiting: {reason: CrashLoopBackOff}},
          lastState: {terminated: {exitCode: 2, reason: Error, message: "one\\ntwo\\n"}}}]}
        """)
            .orElseThrow();
    assertThat(problem.reason()).isEqualTo("ContainerEnded");
    assertThat(problem.message()).contains("jobmanager", "code 2", "it ends: two");
    assertThat(problem.isFinal()).isFalse();
  }

  @Test
  void asksForRoom() {
    Problem problem =
        of("""
        {conditions: [{type: PodScheduled, status: "False", reason: Unschedulable,
          message: 0/1 nodes are available}]}
        """)
            .orElseThrow();
    assertThat(problem.reason()).isEqualTo("Unschedulable");
    assertThat(problem.message()).contains("0/1 nodes are available");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {phase: Pending}
          {}
          null
          {containerStatuses: [{name: a, ready: true, lastState: {terminated: {exitCode: 1}}}]}
          {containerStatuses: [{name: a, ready: false, state: {waiting: {reason: PodInitializing}}}]}
          {containerStatuses: [{name: a, ready: false, state: {terminated: {exitCode: 0}}}]}
          {conditions: [{type: PodScheduled, status: "True"}]}
          """)
  void seesNothingWrongWith(String status) {
    assertThat(of(status)).isEmpty();
  }

  @Test
  void seesNothingWrongWithAPodThatIsToldToEnd() {
    Pod ending =
        pod("{containerStatuses: [{name: a, ready: false, state: {terminated: {exitCode: 143}}}]}");
    ending.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    assertThat(PodProblems.of(List.of(), List.of(ending))).isEmpty();
  }

  @Test
  void saysWhyThereAreNoPods() {
    Deployment deployment =
        YAML.unmarshal(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a}
            status:
              conditions:
                - {type: ReplicaFailure, status: "True", message: exceeded quota}
            """,
            Deployment.class);
    Problem problem = PodProblems.of(List.of(deployment), List.of()).orElseThrow();
    assertThat(problem.reason()).isEqualTo("PodsRefused");
    assertThat(problem.message()).contains("exceeded quota");
  }
}
