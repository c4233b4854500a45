package io.streamjob.operator.tls;

import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.tls.Certificates.Request;
import io.streamjob.operator.tls.Certificates.Use;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;

/**
 * Whom the operator and the Flink clusters of its jobs trust: it signs what each of a revision's
 * clusters shows at its REST endpoint, and what the operator shows there. Generations overlap: the
 * newest one signs, all of them are known, as running clusters keep what they were started with.
 */
public final class Authority implements ClusterKeys {

  private final SortedMap<Integer, Identity> generations;
  private final Clock clock;

  /**
   * @param generations by number, at least one
   */
  Authority(SortedMap<Integer, Identity> generations, Clock clock) {
    this.generations = new TreeMap<>(generations);
    this.clock = clock;
  }

  private Identity newest() {
    return generations.get(generations.lastKey());
  }

  /** For the operator's calls: it shows each cluster the certificate that this one can know. */
  public SSLContext context() {
    return KeyStores.context(
        generations.values().stream()
            .map(generation -> issue("streamjob-operator", Use.CLIENT, List.of(), generation))
            .toList(),
        generations.values().stream().map(Identity::certificate).toList());
  }

  /** For the calls of a user who has read a revision's Secret. */
  public static SSLContext context(Identity user, X509Certificate authority) {
    return KeyStores.context(List.of(user), List.of(authority));
  }

  @Override
  public Map<String, String> issue(Names names, int revision) {
    String service = names.service(revision);
    Identity peer = selfSigned(service + "-internal", Use.PEER);
    Identity user = selfSigned(service + "-user", Use.CLIENT);
    List<String> hosts =
        List.of("%s.%s.svc".formatted(service, names.namespace()), service, "localhost");
    Identity server = issue(service, Use.SERVER, hosts, newest());
    var files = new LinkedHashMap<String, String>();
    // Only who has this very key belongs to the cluster.
    files.put(INTERNAL, base64(List.of(peer), List.of(peer.certificate())));
    files.put(REST, base64(List.of(server), List.of()));
    files.put(REST_CLIENTS, base64(List.of(), List.of(newest().certificate(), user.certificate())));
    files.put(AUTHORITY, base64(newest().certificatePem()));
    files.put(USER_CERTIFICATE, base64(user.certificatePem()));
    files.put(USER_KEY, base64(user.keyPem()));
    return files;
  }

  private static String base64(List<Identity> identities, List<X509Certificate> trusted) {
    return Base64.getEncoder()
        .encodeToString(KeyStores.write(identities, trusted, KEY_STORE_PASSWORD));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Identity selfSigned(String name, Use use) {
    return Certificates.selfSigned(request(name, use, List.of(), newest()));
  }

  private Identity issue(String name, Use use, List<String> hosts, Identity authority) {
    return Certificates.issue(request(name, use, hosts, authority), authority);
  }

  /** As long as the authority: a running cluster reads its keys once. */
  private Request request(String name, Use use, List<String> hosts, Identity authority) {
    Instant end = authority.certificate().getNotAfter().toInstant();
    return new Request(shortened(name), use, hosts, clock.instant(), end);
  }

  /** X.520: a common name has at most 64 characters. */
  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64);
  }
}
