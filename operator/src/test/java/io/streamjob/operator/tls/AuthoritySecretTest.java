package io.streamjob.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true, https = false)
class AuthoritySecretTest {

  private static final String NAMESPACE = "streamjob";
  private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

  KubernetesClient client;

  private Authority open(Duration after) {
    return AuthoritySecret.open(client, NAMESPACE, Clock.fixed(BEGIN.plus(after), ZoneOffset.UTC));
  }

  private Map<String, String> data() {
    return client
        .secrets()
        .inNamespace(NAMESPACE)
        .withName(AuthoritySecret.NAME)
        .require()
        .getData();
  }

  private void edit(UnaryOperator<Map<String, String>> change) {
    client
        .secrets()
        .inNamespace(NAMESPACE)
        .withName(AuthoritySecret.NAME)
        .edit(secret -> {
          secret.setData(change.apply(new TreeMap<>(secret.getData())));
          return secret;
        });
  }

  private static String signer(Authority authority) {
    return authority.issue(new Names("shop", "orders"), 1).get(ClusterKeys.AUTHORITY);
  }

  @Test
  void isMadeOnceAndKept() {
    String first = signer(open(Duration.ZERO));
    assertThat(data()).containsOnlyKeys("ca-1.crt", "ca-1.key");
    assertThat(signer(open(Duration.ofDays(300)))).isEqualTo(first);
  }

  @Test
  void aYearLaterAnotherGenerationSignsAndTheEarlierOneStays() {
    String first = signer(open(Duration.ZERO));
    String second = signer(open(Duration.ofDays(366)));
    assertThat(second).isNotEqualTo(first);
    assertThat(data())
        .containsOnlyKeys("ca-1.crt", "ca-1.key", "ca-2.crt", "ca-2.key")
        .containsEntry("ca-1.crt", first);
    assertThat(signer(open(Duration.ofDays(400)))).isEqualTo(second);
  }

  @Test
  void whatHasExpiredIsForgotten() {
    open(Duration.ZERO);
    open(Duration.ofDays(3700));
    assertThat(data()).containsOnlyKeys("ca-1.crt", "ca-1.key");
    open(Duration.ofDays(3700 + 366));
    assertThat(data()).containsOnlyKeys("ca-1.crt", "ca-1.key", "ca-2.crt", "ca-2.key");
  }

  @Test
  void ofSeveralOperatorsThatStartAtOnceOneMakesIt() {
    var all =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> signer(open(Duration.ZERO))))
            .limit(4)
            .toList();
    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
  }

  @Test
  void aDamagedOneIsNotReplacedInSilence() {
    open(Duration.ZERO);
    edit(data -> {
      data.put("ca-1.key", "bm90IGEga2V5");
      return data;
    });
    assertThatThrownBy(() -> open(Duration.ZERO))
        .isInstanceOf(AuthoritySecret.UnreadableException.class)
        .hasMessageContaining("streamjob-authority")
        .hasMessageContaining("restore");
    edit(data -> {
      data.remove("ca-1.key");
      return data;
    });
    assertThatThrownBy(() -> open(Duration.ZERO))
        .isInstanceOf(AuthoritySecret.UnreadableException.class);
  }
}
