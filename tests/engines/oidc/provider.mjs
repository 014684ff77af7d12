// An OpenID Connect provider for tests: whoever comes is signed in as the account that was set by `POST /test/account`,
// without being asked. node provider.mjs <folder of node_modules> <port> <client id> <client secret> <redirect URI>
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createServer } from 'node:http';

const [folder, port, id, secret, redirect] = process.argv.slice(2);
const where = createRequire(`${folder}/package.json`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(where));

let account = { sub: 'nobody', claims: {} };
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
  claims: { openid: ['sub'], profile: ['nickname', 'groups', 'zoneinfo', 'locale'] },
  pkce: { required: () => true, methods: ['S256'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/test/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...account.claims }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
  cookies: { keys: ['a key of the tests'] },
});
const answer = provider.callback();
createServer(async (request, response) => {
  if (request.url === '/test/account') {
    let body = '';
    for await (const chunk of request) body += chunk;
    account = JSON.parse(body);
    response.writeHead(204).end();
  } else if (request.url.startsWith('/test/interaction/')) {
    await provider.interactionFinished(request, response, { login: { accountId: account.sub } });
  } else {
    answer(request, response);
  }
}).listen(Number(port), '127.0.0.1');
