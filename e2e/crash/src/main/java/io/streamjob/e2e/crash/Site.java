package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The servers that all runs share, as {@code e2e/crash/servers} tells of them. */
record Site(
    URI api,
    Path authority,
    String adminToken,
    String operatorToken,
    URI storage,
    String accessKey,
    String secretKey) {

  /** The bucket that is there. */
  static final String BUCKET = "flink";

  static Site fromEnvironment() {
    return new Site(
        URI.create(required("CRASH_API")),
        Path.of(required("CRASH_CA")),
        required("CRASH_ADMIN_TOKEN"),
        required("CRASH_OPERATOR_TOKEN"),
        URI.create(required("CRASH_S3")),
        required("CRASH_S3_ACCESS"),
        required("CRASH_S3_SECRET"));
  }

  private static String required(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new IllegalStateException("no " + name + ": use e2e/crash/run"));
  }

  /** As whoever may do everything. */
  Config admin() {
    return config(api).withOauthToken(adminToken).withCaCertFile(authority.toString()).build();
  }

  /** As the operator, through a wire. */
  Config operator(URI wire) {
    return config(wire).withOauthToken(operatorToken).build();
  }

  private static ConfigBuilder config(URI master) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(master.toString())
        .withHttp2Disable(true)
        // Many runs share few processors.
        .withRequestTimeout(60_000)
        .withConnectionTimeout(60_000)
        .withNamespace("default");
  }

  /** Opens connections to the API server. */
  Wire.Upstream apiServer() {
    SSLSocketFactory factory = trusting();
    return () -> factory.createSocket(api.getHost(), api.getPort());
  }

  /** Opens connections to the S3 server. */
  Wire.Upstream storageServer() {
    return () -> connect(storage);
  }

  /** A connection to a server on this machine. */
  static Socket connect(URI server) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 2000);
    return socket;
  }

  private SSLSocketFactory trusting() {
    try (InputStream in = Files.newInputStream(authority)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot trust " + authority, e);
    }
  }
}
