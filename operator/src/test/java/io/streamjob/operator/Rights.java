package io.streamjob.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is allowed by RBAC, and what is needed, in lines like {@code apps/deployments: create}. */
final class Rights {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON = new ObjectMapper();

  private Rights() {}

  /** The objects of a manifest. */
  static List<JsonNode> objects(Path manifest) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(manifest.toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rules of the Role or ClusterRole of that name. */
  static List<JsonNode> rules(Path manifest, String role) {
    return objects(manifest).stream()
        .filter(object -> object.path("kind").asText().endsWith("Role"))
        .filter(object -> object.at("/metadata/name").asText().equals(role))
        .flatMap(object -> list(object.path("rules")).stream())
        .toList();
  }

  private static List<JsonNode> list(JsonNode array) {
    var list = new ArrayList<JsonNode>();
    array.forEach(list::add);
    return list;
  }

  /** Everything that the rules allow. */
  static Set<String> granted(List<JsonNode> rules) {
    return rules.stream()
        .flatMap(rule ->
            list(rule.path("apiGroups")).stream()
                .flatMap(group ->
                    list(rule.path("resources")).stream()
                        .flatMap(resource ->
                            list(rule.path("verbs")).stream()
                                .map(verb ->
                                    line(group.asText(), resource.asText(), verb.asText())))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names that a resource may be read by; empty for any. */
  static Set<String> names(List<JsonNode> rules, String resource, String verb) {
    return rules.stream()
        .filter(rule -> has(rule.path("resources"), resource) && has(rule.path("verbs"), verb))
        .flatMap(rule -> list(rule.path("resourceNames")).stream())
        .map(JsonNode::asText)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean has(JsonNode array, String text) {
    return list(array).stream().anyMatch(item -> item.asText().equals(text));
  }

  private static String line(String group, String resource, String verb) {
    return "%s/%s: %s".formatted(group, resource, verb);
  }

  /** What a request needs, as the API server reads it. */
  static Set<String> needed(String method, URI uri, String body) {
    List<String> path = new ArrayList<>(Arrays.asList(uri.getPath().substring(1).split("/", -1)));
    String group = path.get(0).equals("api") ? "" : path.get(1);
    path.subList(0, path.get(0).equals("api") ? 2 : 3).clear();
    if (path.size() > 2 && path.get(0).equals("namespaces")) {
      path.subList(0, 2).clear();
    }
    boolean isNamed = path.size() > 1;
    String resource = path.get(0) + (path.size() > 2 ? "/" + path.get(2) : "");
    var needed = new TreeSet<String>();
    needed.add(line(group, resource, verb(method, uri, isNamed)));
    if (body != null && !method.equals("GET")) {
      needed.addAll(owners(body));
    }
    return needed;
  }

  private static String verb(String method, URI uri, boolean isNamed) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> isNamed ? "delete" : "deletecollection";
      default ->
          uri.getQuery() != null && uri.getQuery().contains("watch=true")
              ? "watch"
              : isNamed ? "get" : "list";
    };
  }

  /**
   * Who makes an object hold its owner's deletion up must be allowed to change the owner's
   * finalizers, where the admission plugin OwnerReferencesPermissionEnforcement is on (OpenShift).
   */
  private static Set<String> owners(String body) {
    JsonNode object;
    try {
      object = JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return list(object.at("/metadata/ownerReferences")).stream()
        .filter(owner -> owner.path("blockOwnerDeletion").asBoolean())
        .map(owner ->
            line(
                owner.path("apiVersion").asText().replaceFirst("/?[^/]*$", ""),
                owner.path("kind").asText().toLowerCase(Locale.ROOT) + "s/finalizers",
                "update"))
        .collect(Collectors.toSet());
  }
}
