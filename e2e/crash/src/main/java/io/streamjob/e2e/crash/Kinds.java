package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Every kind of object that lives in a namespace, whatever the operator makes use of. */
record Kinds(KubernetesClient admin, List<ResourceDefinitionContext> contexts) {

  /** What tells of others, or is no object. */
  private static final Set<String> IGNORED = Set.of("Event", "Binding", "LocalSubjectAccessReview");

  static Kinds discover(KubernetesClient admin) {
    Stream<String> groups =
        admin.getApiGroups().getGroups().stream()
            .map(group -> group.getPreferredVersion())
            .map(GroupVersionForDiscovery::getGroupVersion);
    var contexts = new ArrayList<ResourceDefinitionContext>();
    Stream.concat(Stream.of("v1"), groups)
        .forEach(version -> add(contexts, admin.getApiResources(version)));
    return new Kinds(admin, contexts);
  }

  private static void add(List<ResourceDefinitionContext> contexts, APIResourceList resources) {
    String[] version = resources.getGroupVersion().split("/", 2);
    for (APIResource resource : resources.getResources()) {
      boolean isListed =
          Boolean.TRUE.equals(resource.getNamespaced())
              && resource.getVerbs().containsAll(List.of("list", "delete"))
              && !resource.getName().contains("/")
              && !IGNORED.contains(resource.getKind());
      if (isListed) {
        contexts.add(
            new ResourceDefinitionContext.Builder()
                .withGroup(version.length == 1 ? "" : version[0])
                .withVersion(version[version.length - 1])
                .withKind(resource.getKind())
                .withPlural(resource.getName())
                .withNamespaced(true)
                .build());
      }
    }
  }

  /** Everything in a namespace, as it is now. */
  List<GenericKubernetesResource> list(String namespace) {
    return contexts.stream()
        .flatMap(context ->
            admin
                .genericKubernetesResources(context)
                .inNamespace(namespace)
                .list()
                .getItems()
                .stream())
        .toList();
  }
}
