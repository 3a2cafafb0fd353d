// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SSZ} from "../../contracts/libraries/SSZ.sol";
import {Test} from "./support/Test.sol";

contract SSZTest is Test {
    function test_chunkOfIntegerIsLittleEndian() external pure {
        check(SSZ.toChunk(uint64(0x0102030405060708)) == bytes32(bytes8(0x0807060504030201)), "bytes in reverse order");
        check(SSZ.toChunk(type(uint64).max) == bytes32(bytes8(type(uint64).max)), "all ones");
        check(SSZ.toChunk(true) == bytes32(bytes1(0x01)), "true is one in the first byte");
        check(SSZ.toChunk(false) == bytes32(0), "false is zero");
    }

    function testFuzz_chunkHasTheBytesOfTheInteger(uint64 value) external pure {
        bytes32 chunk = SSZ.toChunk(value);
        for (uint256 i = 0; i < 8; i++) {
            check(uint8(chunk[i]) == uint8(value >> (8 * i)), "byte i is bits 8i");
        }
        check(uint256(chunk) << 64 == 0, "the rest is zero");
    }

    function testFuzz_hashIsSha256OfBoth(bytes32 left, bytes32 right) external view {
        check(SSZ.hash(left, right) == sha256(abi.encodePacked(left, right)), "sha256");
    }

    function testFuzz_rootOfEightIsTheRootOfTheTree(bytes32[8] memory fields) external view {
        bytes32 left = _pair(_pair(fields[0], fields[1]), _pair(fields[2], fields[3]));
        bytes32 right = _pair(_pair(fields[4], fields[5]), _pair(fields[6], fields[7]));
        check(SSZ.rootOfEight(fields) == _pair(left, right), "root of the tree");
    }

    function testFuzz_pubkeyRootPadsTo64Bytes(bytes32 a, bytes16 b) external pure {
        bytes memory pubkey = abi.encodePacked(a, b);
        check(SSZ.pubkeyRoot(pubkey) == sha256(abi.encodePacked(a, b, bytes16(0))), "padded");
    }

    function testFuzz_pubkeyRootRefusesOtherLengths(bytes memory pubkey) external {
        vm.assume(pubkey.length != 48);
        vm.expectPartialRevert(SSZ.InvalidPubkeyLength.selector);
        this.pubkeyRoot(pubkey);
    }

    function testFuzz_signatureRootRefusesOtherLengths(bytes memory signature) external {
        vm.assume(signature.length != 96);
        vm.expectPartialRevert(SSZ.InvalidSignatureLength.selector);
        this.signatureRoot(signature);
    }

    function pubkeyRoot(bytes calldata pubkey) external pure returns (bytes32) {
        return SSZ.pubkeyRoot(pubkey);
    }

    function signatureRoot(bytes calldata signature) external view returns (bytes32) {
        return SSZ.signatureRoot(signature);
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(left, right));
    }
}
