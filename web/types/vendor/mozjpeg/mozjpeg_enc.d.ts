/** MozJPEG as @jsquash/jpeg builds it; `make web` puts it beside the modules. */
interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array;
}
export default function load(options: object): Promise<Encoder>;
