import Kernel
import NIOSSL

/// The certificates that a host's administrator has put aside for one registry: a directory `HOST[:PORT]` with
/// authorities (`*.crt`) and the client's own certificate (`NAME.cert` beside `NAME.key`), as Docker and containers
/// have it.
struct CertificateFiles: Hashable, Sendable {
    var authorities: [String] = []
    var clientCertificate: String?
    var clientKey: String?

    /// Reads the first of the directories that has one for `authority`; nil if none has.
    static func find(_ authority: String, in directories: [String]) throws(CredentialError) -> CertificateFiles? {
        for directory in directories {
            let path = "\(directory)/\(authority)"
            let names: [String]
            do {
                names = try Directory.names(in: path)
            } catch {
                throw CredentialError(path, "it can't be read: \(error.reason)")
            }
            if !names.isEmpty { return try read(path, names.sorted()) }
        }
        return nil
    }

    private static func read(_ path: String, _ names: [String]) throws(CredentialError) -> CertificateFiles {
        var files = CertificateFiles()
        for name in names {
            if name.hasSuffix(".crt") { files.authorities.append("\(path)/\(name)") }
            guard name.hasSuffix(".cert") else { continue }
            let key = "\(name.dropLast(5)).key"
            guard names.contains(key) else {
                throw CredentialError("\(path)/\(name)", "its key, \(key), is missing beside it")
            }
            files.clientCertificate = "\(path)/\(name)"
            files.clientKey = "\(path)/\(key)"
        }
        return files
    }

    /// TLS settings for a registry. `bundle` replaces the system's authorities.
    static func configuration(
        _ files: CertificateFiles?, bundle: String?, verified: Bool
    ) throws(CredentialError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if !verified { configuration.certificateVerification = .none }
        if let bundle {
            configuration.trustRoots = .certificates(try certificates(bundle))
        }
        guard let files else { return configuration }
        var authorities: [NIOSSLCertificate] = []
        for path in files.authorities { authorities += try certificates(path) }
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        if let certificate = files.clientCertificate, let key = files.clientKey {
            configuration.certificateChain = try certificates(certificate).map { .certificate($0) }
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch {
                throw CredentialError(key, "it isn't a private key in PEM's form")
            }
        }
        return configuration
    }

    private static func certificates(_ path: String) throws(CredentialError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw CredentialError(path, "it can't be read as certificates in PEM's form")
        }
    }
}
