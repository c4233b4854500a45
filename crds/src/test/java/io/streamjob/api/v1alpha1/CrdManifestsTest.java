package io.streamjob.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrdManifestsTest {

  /** Client-side apply keeps the whole object in an annotation of at most 256 KiB. */
  private static final int MAX_BYTES = 100_000;

  private static final Path FOLDER = Path.of("src/main/resources/crds");
  private static final boolean REWRITE = Boolean.getBoolean("crds.rewrite");

  static Stream<Map.Entry<String, String>> manifests() {
    return CrdManifests.generate().entrySet().stream();
  }

  @Test
  void everyKindHasItsManifest() {
    assertThat(CrdManifests.generate().keySet())
        .containsExactlyInAnyOrder("savepoints.streamjob.io.yaml", "streamjobs.streamjob.io.yaml");
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void theCommittedManifestIsTheGeneratedOne(Map.Entry<String, String> manifest)
      throws IOException {
    Path file = FOLDER.resolve(manifest.getKey());
    if (REWRITE) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, manifest.getValue());
    }
    assertThat(file)
        .as("stale: run mvn -pl crds test -Dcrds.rewrite=true and commit the result")
        .content()
        .isEqualTo(manifest.getValue());
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void clientSideApplyCanHoldIt(Map.Entry<String, String> manifest) {
    assertThat(manifest.getValue().length()).isLessThan(MAX_BYTES);
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void everyFieldIsDescribedAndBounded(Map.Entry<String, String> manifest) {
    JsonNode crd =
        new KubernetesSerialization(new ObjectMapper(), false)
            .unmarshal(manifest.getValue(), JsonNode.class);
    var faults = new ArrayList<String>();
    JsonNode schema = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties");
    for (String part : List.of("spec", "status")) {
      inspect(part, schema.get(part), faults);
    }
    assertThat(faults).isEmpty();
  }

  /** A rule's message is all that a user gets to see: what is wrong, and what to do about it. */
  @ParameterizedTest
  @MethodSource("manifests")
  void everyRuleNamesItsFieldAndTheRemedy(Map.Entry<String, String> manifest) {
    JsonNode crd =
        new KubernetesSerialization(new ObjectMapper(), false)
            .unmarshal(manifest.getValue(), JsonNode.class);
    assertThat(
            crd.findValues("x-kubernetes-validations").stream()
                .flatMap(rules -> StreamSupport.stream(rules.spliterator(), false))
                .map(rule -> rule.path("message").asText()))
        .isNotEmpty()
        .allMatch(message -> message.matches("(spec|metadata)\\.[A-Za-z., ]+: .+"), "a field")
        .allMatch(
            message ->
                message.matches(
                    ".*\\b(remove|raise|lower|create|put|set|name|use|write) .*|.*raise it"),
            "a remedy");
  }

  @Test
  void onlyTheDeletionPolicyOfASavepointCanBeChanged() {
    JsonNode spec =
        new KubernetesSerialization(new ObjectMapper(), false)
            .unmarshal(CrdManifests.generate().get("savepoints.streamjob.io.yaml"), JsonNode.class)
            .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
    assertThat(
            spec.properties().stream()
                .filter(
                    field -> !field.getValue().findValuesAsText("rule").contains("self == oldSelf"))
                .map(Map.Entry::getKey))
        .containsExactly("deletionPolicy");
  }

  @Test
  void theJobStoreIsTheOperators() {
    assertThat(EngineConfigRules.remedy("jobstore.type"))
        .isEqualTo(EngineConfigRules.remedy("high-availability"))
        .isPresent();
  }

  private static void inspect(String path, JsonNode schema, List<String> faults) {
    schema
        .path("properties")
        .properties()
        .forEach(field -> {
          String name = path + "." + field.getKey();
          if (field.getValue().path("description").asText().isBlank()) {
            faults.add(name + " has no description");
          }
          bounds(name, field.getValue(), faults);
          inspect(name, field.getValue(), faults);
        });
  }

  private static void bounds(String name, JsonNode field, List<String> faults) {
    String type = field.path("type").asText();
    if (type.equals("array")) {
      if (!field.has("maxItems")) {
        faults.add(name + " has no maxItems");
      }
      bounds(name + "[]", field.path("items"), faults);
      inspect(name + "[]", field.path("items"), faults);
    }
    boolean isBoundedString = field.has("maxLength") || field.has("enum") || field.has("pattern");
    if (type.equals("string") && !isBoundedString) {
      faults.add(name + " has no maxLength");
    }
    if (type.equals("object") && field.has("additionalProperties") && !field.has("maxProperties")) {
      faults.add(name + " has no maxProperties");
    }
  }
}
