package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Generates the CRD manifests from the model. */
final class CrdManifests {

  private static final List<String> COLUMNS =
      List.of(
          "Job",
          "Origin",
          "State",
          "Ready",
          "Image",
          "Parallelism",
          "Step",
          "Format",
          "Size",
          "Age",
          "Location");

  private CrdManifests() {}

  /** The manifests by file name, as YAML. */
  static Map<String, String> generate() {
    var output = new InMemoryOutput();
    new CRDGenerator()
        .customResourceClasses(List.of(StreamJob.class, Savepoint.class))
        .forCRDVersions("v1")
        .withOutput(output)
        .detailedGenerate();
    var manifests = new TreeMap<String, String>();
    output.streams.forEach((name, stream) ->
        manifests.put(
            name.replaceFirst("-v1$", "") + ".yaml",
            finish(stream.toString(StandardCharsets.UTF_8))));
    return manifests;
  }

  /** Adds what the generator has no annotation for. */
  private static String finish(String yaml) {
    var serialization = new KubernetesSerialization(new ObjectMapper(), false);
    ObjectNode crd = serialization.unmarshal(yaml, ObjectNode.class);
    crd.withObject("/spec/names").withArray("categories").add("streaming");
    dropRepeatedRules(crd);
    for (JsonNode version : crd.at("/spec/versions")) {
      orderColumns((ObjectNode) version);
      // A late patch of metadata alone must not bring a deleted object back, without its spec.
      ((ObjectNode) version.at("/schema/openAPIV3Schema")).putArray("required").add("spec");
      markConditionsAsMap((ObjectNode) version.at("/schema/openAPIV3Schema/properties/status"));
    }
    return "# Generated from the model in crds/src/main/java; change it there.\n"
        + serialization.asYaml(crd);
  }

  /** An annotation of a record's component stands on its field and its accessor: said once here. */
  private static void dropRepeatedRules(JsonNode node) {
    if (node.path("x-kubernetes-validations") instanceof ArrayNode rules) {
      var distinct = new LinkedHashSet<JsonNode>();
      rules.forEach(distinct::add);
      rules.removeAll();
      rules.addAll(distinct);
    }
    node.forEach(CrdManifests::dropRepeatedRules);
  }

  /** What people look for first stands first; the generator sorts by path. */
  private static void orderColumns(ObjectNode version) {
    var columns = new ArrayList<JsonNode>();
    version.withArray("additionalPrinterColumns").forEach(columns::add);
    columns.sort(Comparator.comparing(column -> COLUMNS.indexOf(column.get("name").asText())));
    version.putArray("additionalPrinterColumns").addAll(columns);
  }

  /** Kubernetes API conventions: conditions are a map keyed by type, so that managers can share. */
  private static void markConditionsAsMap(ObjectNode status) {
    ObjectNode conditions = (ObjectNode) status.at("/properties/conditions");
    conditions.put("x-kubernetes-list-type", "map");
    conditions.putArray("x-kubernetes-list-map-keys").add("type");
  }

  private static final class InMemoryOutput extends AbstractCRDOutput<ByteArrayOutputStream> {

    private final Map<String, ByteArrayOutputStream> streams = new TreeMap<>();

    @Override
    protected ByteArrayOutputStream createStreamFor(String crdName) {
      return streams.computeIfAbsent(crdName, name -> new ByteArrayOutputStream());
    }
  }
}
