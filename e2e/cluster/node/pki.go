package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"text/template"
	"time"
)

// The certificates live as long as a test cluster's state could possibly be kept.
const lifetime = 10 * 365 * 24 * time.Hour

// identity is a client of the API server: Kubernetes reads the user from the common name, its group from the organization.
type identity struct{ file, user, group string }

type authority struct {
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

var kubeconfig = template.Must(template.New("kubeconfig").Parse(`apiVersion: v1
kind: Config
current-context: streamjob-e2e
contexts:
- name: streamjob-e2e
  context: {cluster: streamjob-e2e, user: {{.User}}}
clusters:
- name: streamjob-e2e
  cluster:
    server: https://{{.Server}}:6443
    certificate-authority-data: {{.CA}}
users:
- name: {{.User}}
  user:
    client-certificate-data: {{.Cert}}
    client-key-data: {{.Key}}
`))

// writePKI fills a folder with everything the components need to trust each other: one authority, the serving
// certificates, one kubeconfig for each client, and the key that signs service account tokens.
func writePKI(args []string) error {
	if len(args) != 4 {
		return errors.New("usage: pki DIR NODE-NAME NODE-IP API-SERVICE-IP")
	}
	dir, node, nodeIP, serviceIP := args[0], args[1], args[2], args[3]
	for _, ip := range []string{nodeIP, serviceIP} {
		if net.ParseIP(ip) == nil {
			return fmt.Errorf("%q is no IP address", ip)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ca, err := newAuthority(dir)
	if err != nil {
		return err
	}

	servers := []struct {
		file, name string
		dns, ips   []string
	}{
		{"apiserver", "kube-apiserver",
			[]string{"localhost", node, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
			[]string{"127.0.0.1", nodeIP, serviceIP}},
		{"kubelet-server", node, []string{node}, []string{nodeIP}},
	}
	for _, s := range servers {
		t := &x509.Certificate{Subject: pkix.Name{CommonName: s.name}, DNSNames: s.dns,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		for _, ip := range s.ips {
			t.IPAddresses = append(t.IPAddresses, net.ParseIP(ip))
		}
		if _, _, err := ca.issue(s.file, t); err != nil {
			return err
		}
	}

	clients := []identity{
		{"admin", "admin", "system:masters"},
		{"apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"},
		{"controller-manager", "system:kube-controller-manager", ""},
		{"scheduler", "system:kube-scheduler", ""},
		{"kube-proxy", "system:kube-proxy", ""},
		{"coredns", "system:coredns", ""},
		{"kubelet", "system:node:" + node, "system:nodes"},
		{"front-proxy", "front-proxy-client", ""},
	}
	for _, c := range clients {
		subject := pkix.Name{CommonName: c.user}
		if c.group != "" {
			subject.Organization = []string{c.group}
		}
		key, cert, err := ca.issue(c.file, &x509.Certificate{Subject: subject, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		if err != nil {
			return err
		}
		if err := ca.writeKubeconfig(c.file, nodeIP, key, cert); err != nil {
			return err
		}
	}

	_, err = newKey(filepath.Join(dir, "service-accounts.key"))
	return err
}

func newAuthority(dir string) (*authority, error) {
	key, err := newKey(filepath.Join(dir, "ca.key"))
	if err != nil {
		return nil, err
	}
	ca := &authority{dir: dir, key: key}
	ca.cert = &x509.Certificate{Subject: pkix.Name{CommonName: "streamjob-e2e-ca"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature}
	der, err := ca.sign(ca.cert, key)
	if err != nil {
		return nil, err
	}
	if ca.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return ca, writePEM(filepath.Join(dir, "ca.crt"), "CERTIFICATE", der, 0o644)
}

// issue writes FILE.key and FILE.crt and also returns them as PEM.
func (a *authority) issue(file string, t *x509.Certificate) (keyPEM, certPEM []byte, err error) {
	path := filepath.Join(a.dir, file)
	key, err := newKey(path + ".key")
	if err != nil {
		return nil, nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := a.sign(t, key)
	if err != nil {
		return nil, nil, err
	}
	if err := writePEM(path+".crt", "CERTIFICATE", der, 0o644); err != nil {
		return nil, nil, err
	}
	if keyPEM, err = os.ReadFile(path + ".key"); err != nil {
		return nil, nil, err
	}
	certPEM, err = os.ReadFile(path + ".crt")
	return keyPEM, certPEM, err
}

func (a *authority) sign(t *x509.Certificate, key *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	t.SerialNumber = serial
	t.NotBefore = time.Now().Add(-time.Hour)
	t.NotAfter = time.Now().Add(lifetime)
	return x509.CreateCertificate(rand.Reader, t, a.cert, key.Public(), a.key)
}

func (a *authority) writeKubeconfig(file, server string, key, cert []byte) error {
	f, err := os.OpenFile(filepath.Join(a.dir, file+".kubeconfig"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	encode := base64.StdEncoding.EncodeToString
	return kubeconfig.Execute(f, map[string]string{
		"User": file, "Server": server, "Key": encode(key), "Cert": encode(cert),
		"CA": encode(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})),
	})
}

func newKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePEM(path, "EC PRIVATE KEY", der, 0o600)
}

func writePEM(path, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
