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

    function testFuzz_branchRootIsTheRootOfTheTree(bytes32[8] memory leaves, uint8 position) external view {
        uint256 index = position % 8;
        check(this.branchRoot(leaves[index], index, _branch(leaves, index)) == _root(leaves), "root of the tree");
    }

    function testFuzz_anySingleBitFlippedGivesAnotherRoot(
        bytes32[8] memory leaves,
        uint8 position,
        uint16 flipped
    ) external view {
        uint256 index = position % 8;
        bytes32 leaf = leaves[index];
        bytes32[] memory branch = _branch(leaves, index);
        // Bits 0–255: leaf; 256–1023: siblings; 1024–1026: index.
        uint256 bit = flipped % 1027;
        bytes32 mask = bytes32(uint256(1) << (bit % 256));
        if (bit < 256) leaf ^= mask;
        else if (bit < 1024) branch[bit / 256 - 1] ^= mask;
        else index ^= 1 << (bit - 1024);
        // The same root again would need two equal halves of the tree.
        vm.assume(bit < 1024 || _isDistinct(leaves));
        check(this.branchRoot(leaf, index, branch) != _root(leaves), "another root");
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

    function branchRoot(bytes32 leaf, uint256 index, bytes32[] calldata branch) external view returns (bytes32) {
        return SSZ.branchRoot(leaf, index, branch);
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

    function _quarter(bytes32[8] memory leaves, uint256 first) private pure returns (bytes32) {
        return _pair(leaves[first], leaves[first + 1]);
    }

    function _half(bytes32[8] memory leaves, uint256 first) private pure returns (bytes32) {
        return _pair(_quarter(leaves, first), _quarter(leaves, first + 2));
    }

    function _root(bytes32[8] memory leaves) private pure returns (bytes32) {
        return _pair(_half(leaves, 0), _half(leaves, 4));
    }

    function _branch(bytes32[8] memory leaves, uint256 index) private pure returns (bytes32[] memory branch) {
        branch = new bytes32[](3);
        branch[0] = leaves[index ^ 1];
        branch[1] = _quarter(leaves, (index & 6) ^ 2);
        branch[2] = _half(leaves, (index & 4) ^ 4);
    }

    function _isDistinct(bytes32[8] memory leaves) private pure returns (bool) {
        for (uint256 i = 0; i < 8; i++) {
            for (uint256 j = 0; j < i; j++) {
                if (leaves[i] == leaves[j]) return false;
            }
        }
        return true;
    }
}
