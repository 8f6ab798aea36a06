/**
 * Nodes that only the measurements use: `bench-end` counts what reaches the end of a flow, `bench-pump` sends copies of a
 * message into a flow as fast as the flow takes them. Both cost next to nothing, the same on both sides.
 */

/** Messages that are under way at a time; enough to keep the flow busy, few enough to stay in the cache. */
const UNDER_WAY = 64;

export default function (RED) {
  let ended = 0;
  let onEnd = () => {};

  function End(config) {
    RED.nodes.createNode(this, config);
    this.on('input', (_message, _send, done) => {
      ended++;
      onEnd();
      done();
    });
  }

  function Pump(config) {
    RED.nodes.createNode(this, config);
    let sample = null;
    this.on('input', (message, _send, done) => {
      sample = message;
      done();
    });

    const pump = (ms, answer) => {
      const begun = ended;
      const started = performance.now();
      const send = () => this.send({ ...structuredClone(sample), _msgid: RED.util.generateId() });
      onEnd = () => {
        if (performance.now() - started < ms) return send();
        const seconds = (performance.now() - started) / 1000;
        onEnd = () => {};
        answer({ messages: ended - begun, seconds });
      };
      for (let n = 0; n < UNDER_WAY; n++) send();
    };

    RED.httpNode.get('/bench/sample', (_request, response) => response.json(sample));
    RED.httpNode.post('/bench/sample', (request, response) => {
      sample = request.body;
      response.json({});
    });
    RED.httpNode.post('/bench/pump', (request, response) => pump(request.body.ms, (result) => response.json(result)));
  }

  RED.nodes.registerType('bench-end', End);
  RED.nodes.registerType('bench-pump', Pump);
  RED.httpNode.get('/bench/count', (_request, response) => response.type('text').send(String(ended)));
}
