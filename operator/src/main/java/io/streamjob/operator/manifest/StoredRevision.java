package io.streamjob.operator.manifest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.StorageProfile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A revision as its ControllerRevision keeps it: the spec and the objects that were made from it.
 * Kept objects are never rendered again, so that a new operator does not restart running pods.
 */
public record StoredRevision(RevisionSpec spec, List<GenericKubernetesResource> objects) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          // A revision that a newer operator stored keeps its meaning for this one.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

  public StoredRevision {
    objects = List.copyOf(objects);
  }

  /** The ControllerRevision of a new revision. */
  public static ControllerRevision store(
      HighAvailability availability,
      RevisionSpec spec,
      StorageProfile storage,
      Transport transport) {
    Names names = availability.names();
    int revision = availability.revision();
    List<Map<String, Object>> objects =
        Manifests.render(availability, spec, storage, transport).stream()
            .map(object -> JSON.convertValue(object, TREE))
            .toList();
    var data = new LinkedHashMap<String, Object>();
    data.put("spec", JSON.convertValue(spec, TREE));
    data.put("objects", objects);
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withName(names.revision(revision))
        .withNamespace(names.namespace())
        .withLabels(names.labels(revision))
        .endMetadata()
        .withRevision((long) revision)
        .withData(data)
        .build();
  }

  /** The ControllerRevision of a revision, by its name. */
  public static ControllerRevision record(Names names, int revision) {
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withName(names.revision(revision))
        .withNamespace(names.namespace())
        .endMetadata()
        .build();
  }

  /** What a ControllerRevision of ours holds; empty if it cannot be read. */
  public static Optional<StoredRevision> read(ControllerRevision stored) {
    try {
      Data data = JSON.convertValue(stored.getData(), Data.class);
      return Optional.of(new StoredRevision(data.spec(), data.objects()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private record Data(RevisionSpec spec, List<GenericKubernetesResource> objects) {}

  /** Whether the operator follows an object, rather than only making and removing it. */
  public static boolean isWatched(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels != null && labels.containsKey(Names.MANAGED_BY);
  }

  /** Copies of the objects, ready to be created. */
  public List<HasMetadata> copies() {
    return objects.stream()
        .<HasMetadata>map(
            object -> JSON.convertValue(JSON.valueToTree(object), GenericKubernetesResource.class))
        .toList();
  }
}
