import {AbsoluteFill, Composition, Html5Audio, Img, registerRoot, Sequence, staticFile} from 'remotion';

const Film = () => [0, 1, 2, 3, 4, 5].map((i) => (
  <Sequence key={i} from={i * 300} durationInFrames={300}>
    <AbsoluteFill>
      <Img src={staticFile(`p${i}.png`)} />
    </AbsoluteFill>
    <Html5Audio src={staticFile(`n${i}.wav`)} />
  </Sequence>
));

registerRoot(() => (
  <Composition id="film" component={Film} durationInFrames={1800} fps={30} width={1920} height={1080} />
));
