import {Audio, Img, makeScene2D} from '@revideo/2d';
import {makeProject, waitFor} from '@revideo/core';

const film = makeScene2D('film', function* (view) {
  for (let i = 0; i < 6; i++) {
    view.add(
      <>
        <Img src={`/p${i}.png`} width={1920} height={1080} />
        <Audio src={`/n${i}.wav`} play={true} />
      </>,
    );
    yield* waitFor(i < 5 ? 10 : 10 - 1 / 30); // it shows the last frame once more
    view.removeChildren();
  }
});

export default makeProject({
  scenes: [film],
  settings: {
    shared: {size: {x: 1920, y: 1080}},
    rendering: {fps: 30},
  },
});
