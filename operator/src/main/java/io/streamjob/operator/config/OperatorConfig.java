package io.streamjob.operator.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.spec.StorageProfile.Addressing;
import io.streamjob.operator.core.upgrade.Limits;
import io.streamjob.operator.manifest.Transport;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The operator's configuration.
 *
 * @param namespaces to watch; empty: all
 * @param profiles where state may be kept, by name
 * @param transport how jobs' clusters talk, and the operator with them
 */
public record OperatorConfig(
    Set<String> namespaces,
    Map<String, StorageProfile> profiles,
    Limits limits,
    Transport transport) {

  /** Where the configuration lies unless STREAMJOB_CONFIG says otherwise. */
  public static final Path DEFAULT_FILE = Path.of("/etc/streamjob/config.yaml");

  public OperatorConfig {
    namespaces = Set.copyOf(namespaces);
    profiles = Map.copyOf(profiles);
  }

  /** The file's layout. */
  private record File(
      @Nullable List<String> namespaces,
      @Nullable StorageSection storage,
      @Nullable LimitSection limits,
      @Nullable TransportName transport) {}

  private enum TransportName {
    MutualTLS(Transport.MUTUAL_TLS),
    Plain(Transport.PLAIN);

    private final Transport transport;

    TransportName(Transport transport) {
      this.transport = transport;
    }
  }

  private record StorageSection(@Nullable Map<String, ProfileSection> profiles) {}

  private record ProfileSection(
      @JsonProperty(required = true) URI uri,
      @Nullable URI endpoint,
      @Nullable String region,
      @Nullable Addressing addressing,
      @Nullable String secretName) {}

  private record LimitSection(
      @Nullable Integer prepareSeconds,
      @Nullable Integer snapshotSeconds,
      @Nullable Integer healthySeconds,
      @Nullable Integer snapshotAttempts) {}

  /** Thrown when the configuration cannot be used; the message names the field and the remedy. */
  public static final class InvalidConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidConfigException(String message) {
      super(message);
    }
  }

  /** Reads a configuration file. */
  public static OperatorConfig read(Path file) {
    if (!Files.isReadable(file)) {
      throw new InvalidConfigException(
          "cannot read %s: mount the operator's configuration there, or name it in STREAMJOB_CONFIG"
              .formatted(file));
    }
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new InvalidConfigException("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  static OperatorConfig parse(String yaml) {
    YAMLMapper mapper =
        YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    try {
      JsonNode tree = mapper.readTree(yaml);
      return tree.isMissingNode() || tree.isNull()
          ? of(new File(null, null, null, null))
          : of(mapper.treeToValue(tree, File.class));
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidConfigException(
          "unknown setting %s: known there are %s".formatted(path(e), e.getKnownPropertyIds()));
    } catch (JsonMappingException e) {
      throw new InvalidConfigException(
          "%s: cannot be read: %s".formatted(path(e), e.getOriginalMessage()));
    } catch (IOException e) {
      throw new InvalidConfigException("the configuration is no valid YAML: " + e.getMessage());
    }
  }

  /** The setting at fault, as a user writes it. */
  private static String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(part -> part.getFieldName() == null ? "[]" : part.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "the configuration" : path;
  }

  private static OperatorConfig of(File file) {
    var profiles = new TreeMap<String, StorageProfile>();
    if (file.storage() != null && file.storage().profiles() != null) {
      file.storage()
          .profiles()
          .forEach((name, section) -> profiles.put(name, profile(name, section)));
    }
    if (profiles.isEmpty()) {
      throw new InvalidConfigException(
          "storage.profiles: is empty: add at least a profile named default with its uri");
    }
    return new OperatorConfig(
        namespaces(file.namespaces()),
        profiles,
        limits(file.limits()),
        file.transport() == null ? Transport.MUTUAL_TLS : file.transport().transport);
  }

  private static Set<String> namespaces(@Nullable List<String> given) {
    if (given == null) {
      return Set.of();
    }
    if (given.stream().anyMatch(name -> name == null || name.isBlank())) {
      throw new InvalidConfigException(
          "namespaces: has an empty entry: name a namespace, or leave the setting out to watch all");
    }
    return Set.copyOf(given);
  }

  private static StorageProfile profile(String name, @Nullable ProfileSection section) {
    URI uri = section == null ? null : section.uri();
    if (uri == null || !"s3".equals(uri.getScheme()) || !isPlace(uri)) {
      throw new InvalidConfigException(
          "storage.profiles.%s.uri: must be s3://<bucket>[/<prefix>]".formatted(name));
    }
    if (section.endpoint() != null && !isServer(section.endpoint())) {
      throw new InvalidConfigException(
          "storage.profiles.%s.endpoint: must be http(s)://<host>[:<port>], without path or credentials"
              .formatted(name));
    }
    requireText(name, "region", section.region());
    requireText(name, "secretName", section.secretName());
    return new StorageProfile(
        name,
        uri,
        Optional.ofNullable(section.endpoint()),
        section.region() == null ? "us-east-1" : section.region(),
        section.addressing() == null ? Addressing.PathStyle : section.addressing(),
        section.secretName() == null ? "streamjob-storage" : section.secretName());
  }

  private static boolean isPlace(URI uri) {
    try {
      SnapshotPath.parse(uri.toString());
      return uri.getHost() != null;
    } catch (StorageException e) {
      return false;
    }
  }

  private static boolean isServer(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getRawQuery() == null
        && (uri.getRawPath() == null || uri.getRawPath().length() <= 1);
  }

  private static void requireText(String profile, String setting, @Nullable String value) {
    if (value != null && value.isBlank()) {
      throw new InvalidConfigException(
          "storage.profiles.%s.%s: is empty: write a value, or leave the setting out"
              .formatted(profile, setting));
    }
  }

  private static Limits limits(@Nullable LimitSection given) {
    var limits = given == null ? new LimitSection(null, null, null, null) : given;
    return new Limits(
        seconds("prepareSeconds", limits.prepareSeconds(), 600),
        seconds("snapshotSeconds", limits.snapshotSeconds(), 600),
        seconds("healthySeconds", limits.healthySeconds(), 180),
        atLeastOne("snapshotAttempts", limits.snapshotAttempts(), 3));
  }

  private static Duration seconds(String name, @Nullable Integer value, int fallback) {
    return Duration.ofSeconds(atLeastOne(name, value, fallback));
  }

  private static int atLeastOne(String name, @Nullable Integer value, int fallback) {
    if (value != null && value < 1) {
      throw new InvalidConfigException("limits.%s: must be at least 1".formatted(name));
    }
    return value == null ? fallback : value;
  }
}
