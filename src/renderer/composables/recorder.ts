/** Records a voice message from the microphone: Opus in Ogg (RFC 7845). */
import { BufferTarget, MediaStreamAudioTrackSource, OggOutputFormat, Output } from 'mediabunny'

const BITRATE = 32_000

export interface Recording {
  /** Current loudness, 0 to 1. */
  level(): number
  /** Ends the recording and returns the file. Throws the first error that occurred while recording. */
  finish(): Promise<File>
  cancel(): Promise<void>
}

/** Throws the DOMException of getUserMedia: NotAllowedError, NotFoundError, NotReadableError. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
  })
  const [track] = stream.getAudioTracks()
  if (track === undefined) throw new DOMException('no microphone', 'NotFoundError')
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 512 })
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const target = new BufferTarget()
  const output = new Output({ format: new OggOutputFormat(), target })
  const source = new MediaStreamAudioTrackSource(track, { codec: 'opus', bitrate: BITRATE })
  let failure: unknown = null
  source.errorPromise.catch((cause: unknown) => (failure = cause))
  const release = async (): Promise<void> => {
    for (const one of stream.getTracks()) one.stop()
    await context.close()
  }
  output.addAudioTrack(source)
  try {
    await output.start()
  } catch (cause) {
    await release()
    throw cause
  }
  return {
    level() {
      analyser.getFloatTimeDomainData(samples)
      // loudness is perceived logarithmically
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length
      return Math.min(1, Math.max(0, 1 + Math.log10(power + 1e-7) / 5))
    },
    async finish() {
      await output.finalize()
      await release()
      if (failure !== null) throw failure
      if (target.buffer === null) throw new Error('nothing was recorded')
      const now = new Date()
      const stamp = [now.getFullYear(), now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()]
        .map((part) => String(part).padStart(2, '0'))
        .join('')
      return new File([target.buffer], `voice-${stamp}.ogg`, { type: 'audio/ogg' })
    },
    async cancel() {
      await output.cancel()
      await release()
    }
  }
}
