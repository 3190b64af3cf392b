import { app, net } from 'electron';

app.whenReady().then(() => {
  const request = net.request(process.argv[2] ?? 'https://example.org/');
  request.on('response', (response) => {
    console.log(`STATUS: ${response.statusCode}`);
    console.log(`HEADERS: ${JSON.stringify(response.headers)}`);
    response.on('data', (chunk) => {
      console.log(`BODY: ${chunk}`);
    });
    response.on('end', () => {
      console.log('No more data in response.');
    });
  });
  request.end();
});
