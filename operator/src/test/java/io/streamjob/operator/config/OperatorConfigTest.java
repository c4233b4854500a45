package io.streamjob.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.streamjob.operator.config.OperatorConfig.InvalidConfigException;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.core.spec.StorageProfile.Addressing;
import io.streamjob.operator.manifest.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {

  @Test
  void fillsInWhatIsLeftOut() {
    OperatorConfig config =
        OperatorConfig.parse("storage: {profiles: {default: {uri: 's3://flink'}}}");
    assertThat(config.namespaces()).isEmpty();
    assertThat(config.limits().prepare()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.limits().snapshot()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.limits().healthy()).isEqualTo(Duration.ofMinutes(3));
    assertThat(config.limits().snapshotAttempts()).isEqualTo(3);
    assertThat(config.transport()).isEqualTo(Transport.MUTUAL_TLS);
    assertThat(config.profiles())
        .containsOnly(
            Map.entry(
                "default",
                new StorageProfile(
                    "default",
                    URI.create("s3://flink"),
                    Optional.empty(),
                    "us-east-1",
                    Addressing.PathStyle,
                    "streamjob-storage")));
  }

  @Test
  void takesEverySettingAsItIsWritten() {
    OperatorConfig config =
        OperatorConfig.parse(
            """
            namespaces: [shop, billing]
            storage:
              profiles:
                fast:
                  uri: s3://flink/fast
                  endpoint: https://objects.test:9000
                  region: eu-west-1
                  addressing: VirtualHost
                  secretName: keys
            transport: Plain
            limits: {prepareSeconds: 1, snapshotSeconds: 2, healthySeconds: 3, snapshotAttempts: 4}
            """);
    assertThat(config.namespaces()).containsExactlyInAnyOrder("shop", "billing");
    assertThat(config.profiles().get("fast"))
        .isEqualTo(
            new StorageProfile(
                "fast",
                URI.create("s3://flink/fast"),
                Optional.of(URI.create("https://objects.test:9000")),
                "eu-west-1",
                Addressing.VirtualHost,
                "keys"));
    assertThat(config.limits().prepare()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.limits().snapshot()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.limits().healthy()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.limits().snapshotAttempts()).isEqualTo(4);
    assertThat(config.transport()).isEqualTo(Transport.PLAIN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {uri: 'http://flink'}                      | uri        | must be s3://
          {uri: 's3:///flink'}                       | uri        | must be s3://
          {uri: 's3://flink/../a'}                   | uri        | must be s3://
          {}                                         | uri        | required
          null                                       | uri        | must be s3://
          {uri: 's3://flink', endpoint: 'objects'}   | endpoint   | must be http(s)://
          {uri: 's3://flink', endpoint: 'ftp://a'}   | endpoint   | must be http(s)://
          {uri: 's3://flink', endpoint: 'http://a/b'}| endpoint   | must be http(s)://
          {uri: 's3://flink', endpoint: 'http://u:p@a'}| endpoint | without path or credentials
          {uri: 's3://flink', region: ' '}           | region     | leave the setting out
          {uri: 's3://flink', secretName: ''}        | secretName | leave the setting out
          {uri: 's3://flink', addressing: Both}      | addressing | PathStyle
          {uri: 's3://flink', bucket: a}             | bucket     | known there are
          """)
  void namesTheSettingOfAProfileAndTheRemedy(String profile, String setting, String remedy) {
    assertThatThrownBy(
            () -> OperatorConfig.parse("storage: {profiles: {default: %s}}".formatted(profile)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("storage.profiles.default")
        .hasMessageContaining(setting)
        .hasMessageContaining(remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limits: {prepareSeconds: 0}    | limits.prepareSeconds   | at least 1
          limits: {snapshotSeconds: -1}  | limits.snapshotSeconds  | at least 1
          limits: {healthySeconds: 0}    | limits.healthySeconds   | at least 1
          limits: {snapshotAttempts: 0}  | limits.snapshotAttempts | at least 1
          limits: {prepareSeconds: soon} | limits.prepareSeconds   | not a valid
          limits: {seconds: 1}           | limits.seconds          | prepareSeconds
          namespaces: ['']               | namespaces              | leave the setting out
          namespaces: [null]             | namespaces              | leave the setting out
          namespace: shop                | namespace               | namespaces
          transport: Open                | transport               | MutualTLS
          """)
  void namesTheSettingAndTheRemedy(String line, String setting, String remedy) {
    assertThatThrownBy(() ->
            OperatorConfig.parse("storage: {profiles: {default: {uri: 's3://flink'}}}\n" + line))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(setting)
        .hasMessageContaining(remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "storage: {}", "storage: {profiles: {}}"})
  void asksForAProfile(String yaml) {
    assertThatThrownBy(() -> OperatorConfig.parse(yaml))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("storage.profiles")
        .hasMessageContaining("default");
  }

  @Test
  void saysWhenItIsNoYaml() {
    assertThatThrownBy(() -> OperatorConfig.parse("a: [b"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("no valid YAML");
  }

  @Test
  void saysWhereTheFileShouldBe(@TempDir Path folder) {
    assertThatThrownBy(() -> OperatorConfig.read(folder.resolve("missing.yaml")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("STREAMJOB_CONFIG");
  }

  /** The configurations that are handed out. */
  @ParameterizedTest
  @ValueSource(strings = {"base", "one-namespace"})
  void readsWhatIsDeployed(String folder) throws IOException {
    Path file = Path.of("..", "deploy", folder, "config.yaml");
    String text =
        new YAMLMapper().readTree(file.toFile()).path("data").path("config.yaml").asText();
    assertThat(OperatorConfig.parse(text).profiles()).containsKey("default");
  }
}
