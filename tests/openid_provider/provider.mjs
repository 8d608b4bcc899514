// A real OpenID provider for the tests: people of any name log in with any password, on this machine alone.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const { PORT, BACK, ALG = 'RS256' } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const pair = ALG === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), kid: `key-${process.pid}`, use: 'sig', alg: ALG };
const client = (id, method) => ({
  client_id: id,
  client_secret: 'a secret of the tests + with / signs',
  redirect_uris: BACK.split(' '),
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: method,
  id_token_signed_response_alg: ALG,
});
const provider = new Provider(issuer, {
  clients: [client('station', 'client_secret_basic'), client('station-by-form', 'client_secret_post')],
  jwks: { keys: [key] },
  cookies: { keys: ['of the tests'] },
  pkce: { required: () => true },
  enabledJWA: { idTokenSigningAlgValues: [ALG] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'olga@operator.example' }) }),
});
provider.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
